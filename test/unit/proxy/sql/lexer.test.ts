import { expect, it } from "vitest";
import { SqlLexer } from "../../../../proxy/sql/lexer.ts";

function tokens(sql: string): string[] {
  const lexer = new SqlLexer(sql);
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
