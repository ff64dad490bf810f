import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import type { DecoderOptions } from "../../../../proxy/recording/decoder-sink.ts";
import { command, decode, hex, ok, packets, query } from "../../../support/decoded-frames.ts";

describe("a text", () => {
  const options = (commandBytes: number): DecoderOptions => ({ commandBytes, params: false });

  it("that is cut says how long it is", () => {
    const { statements } = decode(
      [
        ["client", query("SELECT 1234567")],
        ["upstream", packets(1, ok)],
      ],
      0,
      options(8),
    );
    expect(statements).toMatchObject([{ sql: "SELECT ", sqlCutFrom: 14 }]);
  });

  it("that is cut inside a character is still read as UTF-8", () => {
    const sql = "SELECT 'é€😀'";
    const length = Buffer.byteLength(sql);
    for (let kept = 2; kept <= length; kept += 1) {
      const [statement] = decode(
        [
          ["client", query(sql)],
          ["upstream", packets(1, ok)],
        ],
        0,
        options(kept),
      ).statements;
      expect(sql.startsWith(statement?.sql ?? "?")).toBe(true);
      expect(Buffer.byteLength(statement?.sql ?? "")).toBeGreaterThanOrEqual(kept - 4);
      expect(statement?.sqlCutFrom).toBe(length);
    }
  });

  it("behind query attributes is found, and its length is its own", () => {
    const attributes = hex("01 01 00 01 fe00 046e616d65 0576616c7565");
    const sent = command(3, attributes, "SELECT 1");
    const [whole] = decode(
      [
        ["client", sent],
        ["upstream", packets(1, ok)],
      ],
      Capability.QUERY_ATTRIBUTES,
    ).statements;
    expect(whole).toMatchObject({ sql: "SELECT 1", sqlCutFrom: null });
    expect(whole?.attributes).toEqual([{ name: "name", type: "MYSQL_TYPE_STRING", unsigned: false, value: "value" }]);
    const kept = attributes.length + 4;
    const [cut] = decode(
      [
        ["client", sent],
        ["upstream", packets(1, ok)],
      ],
      Capability.QUERY_ATTRIBUTES,
      options(kept),
    ).statements;
    expect(cut).toMatchObject({ sql: "SEL", sqlCutFrom: 8 });
  });

  it("that is not UTF-8 is read in the session's character set, or byte by byte", () => {
    const { statements } = decode([
      ["client", command(3, Buffer.from("SELECT 'é'", "latin1"))],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements).toMatchObject([{ sql: "SELECT 'é'" }]);
  });
});
