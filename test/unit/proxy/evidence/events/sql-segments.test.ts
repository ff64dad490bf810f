import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sqlSegments } from "../../../../../proxy/evidence/events/sql-segments.ts";

const literalsOf = (sql: string): string[] => [...sqlSegments(sql)].filter(({ literal }) => literal).map(({ text }) => text);
const joined = (sql: string): string => [...sqlSegments(sql)].map(({ text }) => text).join("");

describe("the segments of a statement", () => {
  it("tell its literals from the rest", () => {
    const sql = "SELECT a, 1.5e3 FROM `t1` WHERE b = 'it''s' AND c IN (0x1F, x'00', b'01', -7) /* 'no' 5 */ AND d = N'é' -- 9";
    expect([...sqlSegments(sql)][0]).toEqual({ literal: false, text: "SELECT a, " });
    expect(literalsOf(sql)).toEqual(["1.5e3", "'it''s'", "0x1F", "x'00'", "b'01'", "7", "N'é'"]);
    expect(joined(sql)).toBe(sql);
  });

  it("are none of an empty text", () => {
    expect([...sqlSegments("")]).toEqual([]);
  });

  it("are the text when joined, whatever it is", () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      "`",
      "\\",
      "/*",
      "*/",
      "/*!80000",
      "--",
      "#",
      "\n",
      " ",
      "1",
      "e9",
      "x'",
      "a",
      ".",
      "@",
      "é",
      "😀",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (sql) => {
          expect(joined(sql)).toBe(sql.toWellFormed());
          expect([...sqlSegments(sql)].every(({ text }) => text.length > 0 && text.isWellFormed())).toBe(true);
        },
      ),
    );
  });

  it("have U+FFFD for half a character", () => {
    expect(joined("SELECT '\ud800'")).toBe("SELECT '\ufffd'");
  });

  it("are at most a mebicharacter long, and never end within a character", () => {
    const sql = `INSERT INTO t VALUES ('x${"😀".repeat(1_100_000)}')`;
    const lengths = [...sqlSegments(sql)].map(({ text }) => text.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1024 * 1024);
    expect([...sqlSegments(sql)].every(({ text }) => text.isWellFormed())).toBe(true);
    expect(joined(sql)).toBe(sql);
  });

  it("are told apart up to 4,096: what follows counts as one literal", () => {
    const sql = `INSERT INTO t VALUES ${"(1),".repeat(10_000)}(2)`;
    const segments = [...sqlSegments(sql)];
    expect(segments.length).toBeLessThanOrEqual(4096);
    expect(segments.at(-1)).toMatchObject({ literal: true });
    expect(segments.at(-1)?.text).toMatch(/^\),\(1\),.*\(2\)$/);
    expect(joined(sql)).toBe(sql);
  });
});
