import { expect, it } from "vitest";
import { type Reading, SqlLexer, usualReading } from "../../../../proxy/sql/lexer.ts";

function tokens(sql: string, reading: Reading = usualReading): string[] {
  const lexer = new SqlLexer(sql, reading);
  const found: string[] = [];
  while (lexer.next() !== "end") found.push(`${lexer.kind} ${lexer.slice()}`);
  return found;
}

it.each<[string, string[]]>([
  ["SELECT a1, `b``c`", ["word SELECT", "word a1", "operator ,", "name `b``c`"]],
  ["'it''s' \"a\\\"b\" n'x' X'41' b'01'", ["string 'it''s'", 'string "a\\"b"', "string n'x'", "string X'41'", "string b'01'"]],
  ["1 1.5 .5 1e5 1.e-5 0xff 0b01", ["number 1", "number 1.5", "number .5", "number 1e5", "number 1.e-5", "number 0xff", "number 0b01"]],
  ["1a 0xg 1e 0B1", ["word 1a", "word 0xg", "word 1e", "word 0B1"]],
  ["a.1b", ["word a", "operator .", "word 1b"]],
  ["@a @`b` @'c' @@d", ["operator @", "host a", "operator @", "name `b`", "operator @", "string 'c'", "operator @@", "word d"]],
  ["a<=>b->>c:=d", ["word a", "operator <=>", "word b", "operator ->>", "word c", "operator :=", "word d"]],
  ["a -- b\nc # d\n--e", ["word a", "word c", "operator -", "operator -", "word e"]],
  ["a /* b */ c /*!50000 d */ e /*!999999 f */ g", ["word a", "word c", "word d", "word e", "word g"]],
  ["select /*+ x */ 1 /*+ y */", ["word select", "hint /*+", "word x", "hint-end */", "number 1"]],
  ["a = ? */ b", ["word a", "operator =", "parameter ?", "operator *", "operator /", "word b"]],
  ["表 naïve $x _y", ["word 表", "word naïve", "word $x", "word _y"]],
])("%s is cut into tokens as the server does", (sql, expected) => {
  expect(tokens(sql)).toEqual(expected);
});

it.each<[string, Partial<Reading>, string[]]>([
  ["'a\\' b", { escapes: "none" }, ["string 'a\\'", "word b"]],
  ["\"a\\\" 'b\\'c'", { escapes: "single" }, ['string "a\\"', "string 'b\\'c'"]],
  ["a /*M!100100 b */ /*!999999 c */ d", { versionComments: "all" }, ["word a", "word b", "word c", "word d"]],
  ["a /*M!100100 b */ c", {}, ["word a", "word c"]],
])("%s is cut as the session's settings and the server say: %o", (sql, reading, expected) => {
  expect(tokens(sql, { ...usualReading, ...reading })).toEqual(expected);
});

it.each(["'a", '"a', "`a", "x'41"])("%s is said not to end", (sql) => {
  const lexer = new SqlLexer(sql);
  lexer.next();
  expect(lexer.terminated).toBe(false);
});
