import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inlineParameters } from "../../../../renderer/format/inline-parameters.ts";
import { layOutSql } from "../../../../renderer/format/sql-layout.ts";
import { sqlTokens } from "../../../../renderer/format/sql-tokens.ts";

const kindsOf = (sql: string) =>
  sqlTokens(sql)
    .filter((token) => token.kind !== "space")
    .map((token) => `${token.kind}:${token.text}`);
const pieces = fc.array(
  fc.constantFrom(
    "SELECT",
    "'a''b'",
    '"x\\"y"',
    "`t`",
    "--",
    "-- c\n",
    "#",
    "/*",
    "*/",
    "?",
    "1.5e3",
    "0xAF",
    "@@v",
    "\n",
    " ",
    "(",
    ")",
    ",",
    ";",
    "'",
    "\\",
    "ü",
    "a1",
  ),
);

describe("SQL in pieces", () => {
  it("tells strings, names, numbers, comments and parameters apart", () => {
    expect(kindsOf("SELECT `a`, 'it''s', 0x1F, @v FROM t -- end\nWHERE x = ?")).toEqual([
      "keyword:SELECT",
      "identifier:`a`",
      "mark:,",
      "string:'it''s'",
      "mark:,",
      "number:0x1F",
      "mark:,",
      "word:@v",
      "keyword:FROM",
      "word:t",
      "comment:-- end",
      "keyword:WHERE",
      "word:x",
      "mark:=",
      "parameter:?",
    ]);
  });

  it("takes two dashes for a comment only in front of white space, as MySQL does", () => {
    expect(kindsOf("5--1")).toEqual(["number:5", "mark:-", "mark:-", "number:1"]);
  });

  it("loses no character of any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          pieces.map((all) => all.join("")),
        ),
        (sql) => {
          expect(
            sqlTokens(sql)
              .map((token) => token.text)
              .join(""),
          ).toBe(sql);
        },
      ),
    );
  });
});

describe("laid-out SQL", () => {
  it("starts a line per clause and indents what belongs to it", () => {
    expect(
      layOutSql(
        "select a, count(*) from t left join u on u.id = t.id where x in (1, 2) and y between 1 and 3 or z = (select max(q) from v) order by a",
      ),
    ).toBe(
      [
        "select a,",
        "  count(*)",
        "from t",
        "left join u on u.id = t.id",
        "where x in (1, 2)",
        "  and y between 1 and 3",
        "  or z = (",
        "  select max(q)",
        "  from v",
        ")",
        "order by a",
      ].join("\n"),
    );
  });

  it("takes a text that ends in a backslash, within quotes that do not end, for one string", () => {
    expect(sqlTokens("' # \\").map(({ kind }) => kind)).toEqual(["string"]);
    expect(sqlTokens('" -- \\').map(({ kind }) => kind)).toEqual(["string"]);
  });

  it("keeps every token, its case and its order, for any text", () => {
    const solid = (sql: string) =>
      sqlTokens(sql)
        .filter((token) => token.kind !== "space")
        .map((token) => token.text.trim());
    fc.assert(
      fc.property(
        pieces.map((all) => all.join(" ")),
        (sql) => {
          expect(solid(layOutSql(sql))).toEqual(solid(sql));
        },
      ),
    );
  });
});

describe("inlined parameters", () => {
  const parameter = (type: string, value: string | null | { base64: string }) => ({ name: null, type, unsigned: false, value });

  it("stand in place of the marks, numbers bare and text quoted", () => {
    const params = [
      parameter("MYSQL_TYPE_LONGLONG", "42"),
      parameter("MYSQL_TYPE_VAR_STRING", "O'Hara \\"),
      parameter("MYSQL_TYPE_NULL", null),
      parameter("MYSQL_TYPE_BLOB", { base64: "3q0=" }),
    ];
    expect(inlineParameters("SELECT ?, ?, ?, ?", params)).toBe("SELECT 42, 'O''Hara \\\\', NULL, X'DEAD'");
  });

  it("leave marks in strings, names and comments alone, and marks without a parameter", () => {
    expect(inlineParameters("SELECT '?', `?` /* ? */ FROM t WHERE a = ? AND b = ?", [parameter("MYSQL_TYPE_LONG", "1")])).toBe(
      "SELECT '?', `?` /* ? */ FROM t WHERE a = 1 AND b = ?",
    );
  });
});
