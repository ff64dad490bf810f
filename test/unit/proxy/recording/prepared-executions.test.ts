import { describe, expect, it } from "vitest";
import type { Statement } from "../../../../proxy/model/statement.ts";
import { PacketWriter } from "../../../../proxy/protocol/packet-writer.ts";
import { column, command, decode, eof, err, type Given, hex, ok, packets, prepareOk } from "../../../support/decoded-frames.ts";

describe("a prepared statement", () => {
  const execute = (flags: number, rest: string): Buffer => command(0x17, hex("07000000"), flags, hex("01000000"), hex(rest));
  const bound = "00 01 0800 fd00 2a00000000000000 0161";
  const prepared: Given[] = [
    ["client", command(0x16, "SELECT v FROM t WHERE a = ? AND b = ?")],
    ["upstream", prepareOk(7, 1, 2)],
  ];
  const binary = (...values: string[]): Buffer =>
    packets(
      1,
      Buffer.of(1),
      column("v", 253),
      eof,
      ...values.map((value) => new PacketWriter().uint8(0).uint8(0).lengthEncodedText(value).payload()),
      eof,
    );
  const unknown = "it is not known which prepared statement has the id that it names";
  const values = (statement: Statement | undefined) => statement?.params?.map(({ value }) => value);

  it("shows its text and its parameters with each execution", () => {
    const { statements, rows } = decode([...prepared, ["client", execute(0, bound)], ["upstream", binary("r")]]);
    expect(statements[1]).toMatchObject({
      command: "COM_STMT_EXECUTE",
      sql: "SELECT v FROM t WHERE a = ? AND b = ?",
      params: [
        { name: null, type: "MYSQL_TYPE_LONGLONG", unsigned: false, value: "42" },
        { name: null, type: "MYSQL_TYPE_VAR_STRING", unsigned: false, value: "a" },
      ],
      rows: 1,
      context: { prepare: 1, types: null, longData: [], columns: null },
    });
    expect(rows).toEqual([["r"]]);
  });

  it("uses the types that an earlier execution bound, and names it", () => {
    const { statements } = decode([
      ...prepared,
      ["client", execute(0, bound)],
      ["upstream", binary("r")],
      ["client", execute(0, "01 00 0162")],
      ["upstream", binary("s")],
    ]);
    expect(values(statements[2])).toEqual([null, "b"]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: 2, longData: [], columns: null });
  });

  it("takes values from long data, in pieces, once", () => {
    const piece = (text: string): Given => ["client", command(0x18, hex("07000000 0100"), text)];
    const { statements } = decode([
      ...prepared,
      piece("lo"),
      piece("ng"),
      ["client", execute(0, "00 01 0800 fd00 2a00000000000000")],
      ["upstream", binary("r")],
      ["client", execute(0, "00 00 2b00000000000000 0162")],
      ["upstream", binary("s")],
    ]);
    expect(statements.map((statement) => values(statement) ?? null)).toEqual([null, null, null, ["42", "long"], ["43", "b"]]);
    expect(statements.map(({ context }) => context?.longData ?? null)).toEqual([null, [], [], [2, 3], []]);
  });

  it("has no parameters where its long data is longer than is decoded, says so, and still binds types", () => {
    const piece = (text: string): Given => ["client", command(0x18, hex("07000000 0100"), text)];
    const options = { commandBytes: 1000, params: true, longBytes: 10 };
    const { statements } = decode(
      [
        ...prepared,
        piece("12345"),
        piece("123456"),
        piece("1"),
        ["client", execute(0, "00 01 0800 fd00 2a00000000000000")],
        ["upstream", binary("r")],
        piece("1234567890"),
        ["client", execute(0, "00 00 2b00000000000000")],
        ["upstream", binary("s")],
      ],
      0,
      options,
    );
    expect(statements[4]).toMatchObject({
      params: null,
      decodeFailed: "the values that were sent for it ahead, 12 bytes, are too long to be decoded here",
    });
    expect(values(statements[6])).toEqual(["43", "1234567890"]);
    expect(statements[6]?.decodeFailed).toBeNull();
  });

  it("has no parameters where the command itself is longer than is decoded, and says so", () => {
    const given: Given[] = [...prepared, ["client", execute(0, bound)], ["upstream", binary("r")]];
    const options = { commandBytes: 40, params: true };
    expect(decode(given, 0, { ...options, commandBytes: 1000 }).statements[1]?.decodeFailed).toBeNull();
    const { statements } = decode(given, 0, { ...options, commandBytes: 20 });
    expect(statements[1]).toMatchObject({ params: null, decodeFailed: "it is too long for its parameters to be decoded here" });
  });

  it("forgets long data when it is reset", () => {
    const { statements } = decode([
      ...prepared,
      ["client", command(0x18, hex("07000000 0100"), "gone")],
      ["client", command(0x1a, hex("07000000"))],
      ["upstream", packets(1, ok)],
      ["client", execute(0, bound)],
      ["upstream", binary("r")],
    ]);
    expect(values(statements[3])).toEqual(["42", "a"]);
  });

  it("brings the rows of its cursor by COM_STMT_FETCH, with the columns of the execution", () => {
    const cursor = packets(1, Buffer.of(1), column("v", 253), hex("fe 0000 4200"));
    const row = new PacketWriter().uint8(0).uint8(0).lengthEncodedText("fetched").payload();
    const { statements, rows } = decode([
      ...prepared,
      ["client", execute(1, bound)],
      ["upstream", cursor],
      ["client", command(0x1c, hex("07000000 01000000"))],
      ["upstream", packets(1, row, hex("fe 0000 4200"))],
      ["client", command(0x1c, hex("07000000 01000000"))],
      ["upstream", packets(1, hex("fe 0000 8200"))],
    ]);
    expect(statements.map(({ rows: count }) => count)).toEqual([null, 0, 1, 0]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: null, longData: [], columns: 2 });
    expect(rows).toEqual([["fetched"]]);
  });

  it("can be executed before its preparation is answered, by the id that means the last one", () => {
    const last = (rest: string): Buffer => command(0x17, hex("ffffffff 00 01000000"), hex(rest));
    const { statements } = decode([
      ["client", Buffer.concat([command(0x16, "SELECT ?, ?"), last(bound), last("00 00 2b00000000000000 0162")])],
      ["upstream", Buffer.concat([prepareOk(7, 1, 2), binary("r"), binary("s")])],
    ]);
    expect(statements.map((statement) => values(statement) ?? null)).toEqual([null, ["42", "a"], ["43", "b"]]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: 2, longData: [], columns: null });
  });

  it("can be executed and closed before its preparation is answered, by the id that it will get", () => {
    const close = command(0x19, hex("07000000"));
    const { statements, rows } = decode([
      ["client", Buffer.concat([command(0x16, "SELECT ?, ?"), execute(0, bound), close])],
      ["upstream", Buffer.concat([prepareOk(7, 1, 2), binary("r")])],
      ["client", execute(0, bound)],
      ["upstream", packets(1, err)],
    ]);
    expect(statements.map(({ seq, command: name, sql, decodeFailed }) => [seq, name, sql, decodeFailed])).toEqual([
      [3, "COM_STMT_CLOSE", null, unknown],
      [1, "COM_STMT_PREPARE", "SELECT ?, ?", null],
      [2, "COM_STMT_EXECUTE", "SELECT ?, ?", null],
      [4, "COM_STMT_EXECUTE", null, unknown],
    ]);
    expect(values(statements[2])).toEqual(["42", "a"]);
    expect(statements[2]?.context).toEqual({ prepare: 1, types: null, longData: [], columns: null });
    expect(rows).toEqual([["r"]]);
  });

  it("takes long data that was sent before its preparation is answered, and is not taken for another one", () => {
    const { statements } = decode([
      [
        "client",
        Buffer.concat([
          command(0x16, "SELECT 'none'"),
          command(0x16, "SELECT ?, ?"),
          command(0x18, hex("07000000 0100"), "long"),
          execute(0, "00 01 0800 fd00 2a00000000000000"),
        ]),
      ],
      ["upstream", Buffer.concat([packets(1, err), prepareOk(7, 1, 2), binary("r")])],
    ]);
    expect(statements.map((statement) => statement.seq)).toEqual([3, 1, 2, 4]);
    expect(statements[3]).toMatchObject({ sql: "SELECT ?, ?", decodeFailed: null, context: { prepare: 2, longData: [3] } });
    expect(values(statements[3])).toEqual(["42", "long"]);
  });

  it("stays unknown to what was sent ahead where its preparation failed, and is known to what is sent later", () => {
    const { statements } = decode([
      ["client", Buffer.concat([command(0x16, "SELECT ?, ?"), execute(0, bound)])],
      ["upstream", Buffer.concat([packets(1, err), packets(1, err)])],
      ...prepared,
      ["client", execute(0, bound)],
      ["upstream", binary("r")],
    ]);
    expect(statements.map(({ sql }) => sql)).toEqual([
      "SELECT ?, ?",
      null,
      "SELECT v FROM t WHERE a = ? AND b = ?",
      "SELECT v FROM t WHERE a = ? AND b = ?",
    ]);
    expect(statements.map(({ decodeFailed }) => decodeFailed)).toEqual([null, unknown, null, null]);
  });

  it("is closed by the id that means the last one", () => {
    const { statements } = decode([
      ...prepared,
      ["client", command(0x19, hex("ffffffff"))],
      ["client", execute(0, bound)],
      ["upstream", packets(1, err)],
    ]);
    expect(statements.map(({ decodeFailed }) => decodeFailed)).toEqual([null, null, unknown]);
  });

  it("is not known where a reset of the connection was sent before its preparation is answered", () => {
    const { statements } = decode([
      ["client", Buffer.concat([command(0x16, "SELECT ?, ?"), execute(0, bound), command(0x1f)])],
      ["upstream", Buffer.concat([prepareOk(7, 1, 2), binary("r"), packets(1, ok)])],
      ["client", execute(0, bound)],
      ["upstream", packets(1, err)],
    ]);
    expect(statements.map(({ sql, decodeFailed }) => [sql, decodeFailed])).toEqual([
      ["SELECT ?, ?", null],
      ["SELECT ?, ?", null],
      [null, null],
      [null, unknown],
    ]);
  });

  it("is not known any more after a reset of the connection", () => {
    const { statements } = decode([
      ...prepared,
      ["client", command(0x1f)],
      ["upstream", packets(1, ok)],
      ["client", execute(0, bound)],
      ["upstream", packets(1, err)],
    ]);
    expect(statements[2]).toMatchObject({
      sql: null,
      params: null,
      decodeFailed: unknown,
    });
  });

  it("whose execution is malformed says so and is shown with its rows", () => {
    const { statements, rows } = decode([...prepared, ["client", execute(0, "00 01 0800 fd00 2a")], ["upstream", binary("r")]]);
    expect(statements[1]?.decodeFailed).toMatch(/^COM_STMT_EXECUTE: /);
    expect(rows).toEqual([["r"]]);
  });

  it("binds types though their values are not wanted", () => {
    const options = { commandBytes: 1000, params: false };
    const { statements } = decode(
      [
        ...prepared,
        ["client", execute(0, bound)],
        ["upstream", binary("r")],
        ["client", execute(0, "00 00 2b00000000000000 0162")],
        ["upstream", binary("s")],
      ],
      0,
      options,
    );
    expect(statements.map(({ params, context }) => [params, context?.types ?? null])).toEqual([
      [null, null],
      [null, null],
      [null, 2],
    ]);
  });
});
