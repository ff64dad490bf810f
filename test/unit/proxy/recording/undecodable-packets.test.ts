import { describe, expect, it } from "vitest";
import { column, decode, eof, hex, packets, query } from "../../../support/decoded-frames.ts";

describe("what cannot be decoded", () => {
  it("is no row, and its statement says why", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", packets(1, Buffer.of(1), column("v", 253), eof, hex("05 61"), eof)],
    ]);
    expect(rows).toEqual([null]);
    expect(statements).toMatchObject([{ rows: 1, outcome: "ok", decodeFailed: "text row: 5 bytes expected at 1, 1 there" }]);
  });

  it("among column definitions leaves the rows without columns", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", packets(1, Buffer.of(2), hex("03646566"), column("v", 253), eof, hex("0161 0162"), eof)],
    ]);
    expect(rows).toEqual([null]);
    expect(statements[0]?.decodeFailed).toMatch(/^ColumnDefinition41: /);
  });

  it("in JSON is passed over", () => {
    expect(
      decode([
        ["gap", Buffer.from("{no json")],
        ["close", Buffer.from("null")],
        ["gap", Buffer.from("7")],
      ]).statements,
    ).toEqual([]);
  });
});
