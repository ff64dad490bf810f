import { describe, expect, it } from "vitest";
import { readBinaryValue, stringValue, type ValueType } from "../../../../proxy/protocol/binary-value.ts";
import { ColumnFlag, ColumnType } from "../../../../proxy/protocol/column-type.ts";
import { MalformedPacket, PacketReader } from "../../../../proxy/protocol/packet-reader.ts";

const type = (of: Partial<ValueType>): ValueType => ({ type: ColumnType.LONG, flags: 0, collation: 63, decimals: 31, length: 11, ...of });
const read = (bytes: string, of: Partial<ValueType>) =>
  readBinaryValue(new PacketReader(Buffer.from(bytes.replaceAll(" ", ""), "hex")), type(of));
const { UNSIGNED, ZEROFILL } = ColumnFlag;

describe("a value of the binary protocol", () => {
  it.each([
    ["TINYINT", "80", { type: ColumnType.TINY }, "-128"],
    ["TINYINT UNSIGNED", "80", { type: ColumnType.TINY, flags: UNSIGNED }, "128"],
    ["SMALLINT", "ffff", { type: ColumnType.SHORT }, "-1"],
    ["MEDIUMINT", "000080ff", { type: ColumnType.INT24 }, "-8388608"],
    ["INT ZEROFILL", "07000000", { flags: UNSIGNED | ZEROFILL, length: 10 }, "0000000007"],
    ["BIGINT", "ffffffffffffffff", { type: ColumnType.LONGLONG }, "-1"],
    ["BIGINT UNSIGNED", "ffffffffffffffff", { type: ColumnType.LONGLONG, flags: UNSIGNED }, "18446744073709551615"],
    ["YEAR", "ea07", { type: ColumnType.YEAR, length: 4 }, "2026"],
    ["YEAR zero", "0000", { type: ColumnType.YEAR, length: 4 }, "0000"],
    ["YEAR(2)", "4600", { type: ColumnType.YEAR, length: 2 }, "70"],
    ["FLOAT", "cdcccc3d", { type: ColumnType.FLOAT }, "0.1"],
    ["FLOAT beyond six digits, of which the text protocol shows six", "0000804b", { type: ColumnType.FLOAT }, "16777216"],
    ["DOUBLE", "9a9999999999b93f", { type: ColumnType.DOUBLE }, "0.1"],
    ["DOUBLE(10,2)", "000000000000f83f", { type: ColumnType.DOUBLE, decimals: 2 }, "1.50"],
    ["PI(), whose definition tells of six decimals", "182d4454fb210940", { type: ColumnType.DOUBLE, decimals: 6 }, "3.141592653589793"],
    ["FLOAT(7,3)", "cdcccc3d", { type: ColumnType.FLOAT, decimals: 3 }, "0.100"],
    ["FLOAT(7,3) with more digits than those", "abaaaa3e", { type: ColumnType.FLOAT, decimals: 3 }, "0.33333334"],
    ["DATE zero", "00", { type: ColumnType.DATE }, "0000-00-00"],
    ["DATETIME zero", "00", { type: ColumnType.DATETIME, decimals: 0 }, "0000-00-00 00:00:00"],
    ["DATETIME(3)", "0b ea07 0b 16 0f 16 33 78e00100", { type: ColumnType.DATETIME, decimals: 3 }, "2026-11-22 15:22:51.123"],
    [
      "DATETIME with a fraction that its definition does not tell",
      "0b ea07 0b 16 0f 16 33 c0d40100",
      { type: ColumnType.DATETIME, decimals: 0 },
      "2026-11-22 15:22:51.12",
    ],
    ["DATETIME(6) at midnight", "04 ea07 0b 16", { type: ColumnType.DATETIME, decimals: 6 }, "2026-11-22 00:00:00.000000"],
    ["TIME beyond a day", "08 01 22000000 16 3b 3b", { type: ColumnType.TIME, decimals: 0 }, "-838:59:59"],
    ["TIME(2) zero", "00", { type: ColumnType.TIME, decimals: 2 }, "00:00:00.00"],
    ["DECIMAL", "04 312e3530", { type: ColumnType.NEWDECIMAL }, "1.50"],
    ["VARCHAR", "02 c3a9", { type: ColumnType.VAR_STRING, collation: 45 }, "é"],
    ["VARBINARY", "02 c3a9", { type: ColumnType.VAR_STRING }, { base64: "w6k=" }],
    ["JSON, whose collation is binary though it is text", "02 7b7d", { type: ColumnType.JSON }, "{}"],
    ["BIT", "02 01ff", { type: ColumnType.BIT }, { base64: "Af8=" }],
    ["GEOMETRY", "01 61", { type: ColumnType.GEOMETRY, collation: 45 }, { base64: "YQ==" }],
    ["VECTOR", "04 0000803f", { type: ColumnType.VECTOR }, { base64: "AACAPw==" }],
    ["NULL", "", { type: ColumnType.NULL }, null],
    ["a type that nobody knows", "01 61", { type: 99, collation: 45 }, "a"],
  ])("%s", (_, bytes, of, value) => {
    expect(read(bytes, of)).toEqual(value);
  });

  it.each([
    ["a DATE of three bytes", "03 ea07 0b", { type: ColumnType.DATE }],
    ["a DATETIME of five bytes", "05 ea07 0b 16 01", { type: ColumnType.DATETIME }],
    ["a TIME of seven bytes", "07 00 00000000 01 02", { type: ColumnType.TIME }],
    ["a BIGINT of seven bytes", "00000000000000", { type: ColumnType.LONGLONG }],
    ["a string longer than its packet", "05 61", { type: ColumnType.STRING }],
  ])("is malformed as %s", (_, bytes, of) => {
    expect(() => read(bytes, of)).toThrow(MalformedPacket);
  });
});

it("a string that is not text in its character set is bytes", () => {
  expect(stringValue(Buffer.of(0xff), ColumnType.VAR_STRING, 45)).toEqual({ base64: "/w==" });
});
