import { describe, expect, it } from "vitest";
import { ColumnFlag, ColumnType, columnTypeName, sqlTypeName } from "../../../../proxy/protocol/column-type.ts";
import { Command, commandName } from "../../../../proxy/protocol/command.ts";

describe("a command byte", () => {
  it("has the protocol's name", () => {
    expect([Command.QUERY, Command.STMT_EXECUTE, Command.BINLOG_DUMP_GTID, 0xfa].map(commandName)).toEqual([
      "COM_QUERY",
      "COM_STMT_EXECUTE",
      "COM_BINLOG_DUMP_GTID",
      "COM_STMT_BULK_EXECUTE",
    ]);
  });

  it("without a name is shown as it is", () => {
    expect([0x05, 0x77, 0xff].map(commandName)).toEqual(["COM_CREATE_DB", "COM_UNKNOWN_0x77", "COM_UNKNOWN_0xff"]);
  });

  it("is known from 0x00 to 0x20 without a gap", () => {
    const unnamed = Array.from({ length: 0x21 }, (_, byte) => commandName(byte)).filter((name) => name.startsWith("COM_UNKNOWN"));
    expect(unnamed).toEqual([]);
  });
});

describe("a column's type", () => {
  it("has the protocol's name, or its number", () => {
    expect([columnTypeName(ColumnType.LONGLONG), columnTypeName(200)]).toEqual(["MYSQL_TYPE_LONGLONG", "MYSQL_TYPE_200"]);
  });

  it.each([
    [ColumnType.VAR_STRING, 0, 45, "VARCHAR"],
    [ColumnType.VAR_STRING, 0, 63, "VARBINARY"],
    [ColumnType.STRING, 0, 45, "CHAR"],
    [ColumnType.STRING, 0, 63, "BINARY"],
    [ColumnType.STRING, ColumnFlag.ENUM, 45, "ENUM"],
    [ColumnType.STRING, ColumnFlag.SET, 45, "SET"],
    [ColumnType.BLOB, 0, 45, "TEXT"],
    [ColumnType.BLOB, 0, 63, "BLOB"],
    [ColumnType.LONG_BLOB, 0, 45, "LONGTEXT"],
    [ColumnType.NEWDECIMAL, 0, 63, "DECIMAL"],
    [ColumnType.INT24, 0, 63, "MEDIUMINT"],
    [ColumnType.VECTOR, 0, 63, "VECTOR"],
    [200, 0, 63, "MYSQL_TYPE_200"],
  ])("%d with flags %d and collation %d is SQL's %s", (type, flags, collation, name) => {
    expect(sqlTypeName(type, flags, collation)).toBe(name);
  });
});
