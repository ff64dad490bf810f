import { describe, expect, it } from "vitest";
import { statementsOf, tokensOf } from "../../../../../proxy/demo/training/sql-tokens.ts";

const values = (sql: string) => tokensOf(sql).map((token) => [token.kind, token.value]);

describe("the tokens of a text", () => {
  it("tell words, names, strings, numbers, parameters and symbols apart", () => {
    expect(values("SELECT `a``b`, 'it''s', \"x\", 1.5e3, ? FROM t WHERE é<=>@@sql_mode")).toEqual([
      ["word", "SELECT"],
      ["name", "a`b"],
      ["symbol", ","],
      ["string", "it's"],
      ["symbol", ","],
      ["string", "x"],
      ["symbol", ","],
      ["number", "1.5e3"],
      ["symbol", ","],
      ["parameter", "?"],
      ["word", "FROM"],
      ["word", "t"],
      ["word", "WHERE"],
      ["word", "é"],
      ["symbol", "<=>"],
      ["variable", "@@sql_mode"],
    ]);
  });

  it("leave out comments, and read what stands in MySQL's own", () => {
    expect(values("/* a */ SELECT 1 -- b\n # c\n /*!80000 , 2 */")).toEqual([
      ["word", "SELECT"],
      ["number", "1"],
      ["symbol", ","],
      ["number", "2"],
    ]);
  });

  it("unescape strings as MySQL does, and keep the escaped wildcards of LIKE", () => {
    expect(values(String.raw`'a\'b\n\\c\%\x'`)).toEqual([["string", "a'b\n\\c\\%x"]]);
  });

  it("do not take a parameter in a string or a comment for one", () => {
    expect(tokensOf("SELECT '?' /* ? */ -- ?").filter((token) => token.kind === "parameter")).toEqual([]);
  });

  it("end with the text, whatever it is", () => {
    for (const text of ["'open", '"', "`", "/*", "@", "\\", "\u0000", "x'1"])
      expect(tokensOf(text).at(-1)?.end ?? text.length).toBe(text.length);
  });

  it("divide at semicolons into statements", () => {
    expect(statementsOf(tokensOf("SELECT ';'; ; SELECT 2;")).map((statement) => statement.length)).toEqual([2, 2]);
  });
});
