import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, digestText } from "../../../../proxy/library/digest.ts";

describe("A digest", () => {
  it.each([
    ["select * from `my t` where id = 5 -- c", "SELECT * FROM `my t` WHERE `id` = ?"],
    ["SELECT a FROM t WHERE x IN (1,2,3) AND y IN ('a')", "SELECT `a` FROM `t` WHERE `x` IN (...) AND `y` IN (...)"],
    ["insert into t values (1,'a'),(2,'b')", "INSERT INTO `t` VALUES (...) /* , ... */"],
    ["insert into t values (1),(2)", "INSERT INTO `t` VALUES (?) /* , ... */"],
    ["select -1, a-1, - -1", "SELECT ? , `a` - ?, ..."],
    ["select null, a is null, a = null", "SELECT ? , `a` IS NULL , `a` = ?"],
    ["create table t (a int null default null)", "CREATE TABLE `t` ( `a` INTEGER NULL DEFAULT ? )"],
    ["select count(*), count from t", "SELECT COUNT ( * ) , `count` FROM `t`"],
    ["select /*+ NO_ICP(t) */ 1 /*!50000 , 2 */ /*!99999 , 3 */", "SELECT /*+ NO_ICP ( `t` ) */ ?, ..."],
    ["set @x = 'a', @@session.sql_mode = ''", "SET @? = ? , @@SESSION . `sql_mode` = ?"],
    ["select _utf8mb4'a', x'41', 0x41, N'b' ;", "SELECT (_charset) ?, ..."],
    ["select * from t where a = ? and b in (?, ?)", "SELECT * FROM `t` WHERE `a` = ? AND `b` IN (...)"],
    ["select 1; select 2", "SELECT ? ; SELECT ?"],
    ["", ""],
    ["/* only a comment", ""],
    ["'never closed", "?"],
    ["`never closed", "`never close`"],
  ])("of %j is %j", (sql, text) => {
    expect(digestText(sql)).toBe(text);
  });

  it("has a hash that anyone can check: SHA-256 of its text", () => {
    expect(digestOf("select 1")).toEqual({ text: "SELECT ?", hash: "66cbb3a40d4bbd150b75825ad291a6545399f3098fc1079e4d8b5bb061a6a481" });
  });

  it("is made of anything, without a failure", () => {
    const piece = fc.constantFrom(
      "select ",
      "'",
      '"',
      "`",
      "/*",
      "*/",
      "/*!",
      "/*+",
      "--",
      "#",
      "\n",
      "\\",
      "@",
      "@@",
      ".",
      "1",
      "e",
      "0x",
      "(",
      ")",
      ",",
      "-",
      "null",
      "\u0000",
      "é",
      "\ud800",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (sql) => {
          expect(typeof digestText(sql)).toBe("string");
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["values", `insert into t values ${"(1,2),".repeat(100_000)}(1,2)`],
    ["signs", `select ${"- ".repeat(500_000)}1`],
    ["parentheses", "(".repeat(1_000_000)],
    ["names", "a.".repeat(500_000)],
    ["half comments", "/*!".repeat(300_000)],
    ["quotes", "''".repeat(500_000)],
    ["spaces before nothing", `select a${" ".repeat(1_000_000)}`],
  ])("of very many %s takes no time to speak of", (_, sql) => {
    const began = performance.now();
    expect(digestText(sql).length).toBeLessThan(20_000);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
