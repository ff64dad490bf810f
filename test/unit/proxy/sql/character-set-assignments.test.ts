import { expect, it } from "vitest";
import { characterSetAssignments } from "../../../../proxy/sql/character-set-assignments.ts";

/** Each assignment in a few letters. */
function assigned(sql: string): string[] {
  return characterSetAssignments(sql).map(({ which, name }) => `${which} ${name}`);
}

it.each([
  ["SET NAMES latin1", ["both latin1"]],
  ["set names 'GBK' collate gbk_bin", ["both gbk"]],
  ['SET NAMES "cp1251";', ["both cp1251"]],
  ["SET NAMES DEFAULT", ["both default"]],
  ["SET CHARACTER SET koi8r", ["both koi8r"]],
  ["SET CHARSET 'big5'", ["both big5"]],
  ["SET character_set_client = sjis", ["client sjis"]],
  ["SET @@character_set_results := 'utf16', @@session.character_set_client=greek", ["results utf16", "client greek"]],
  ["SET @@local.character_set_results = NULL", ["results null"]],
  ["SET SESSION sql_mode = '', character_set_client = latin2", ["client latin2"]],
  ["SET @a = 1, NAMES hebrew", ["both hebrew"]],
  ["SET @x = CONCAT('a', 'NAMES'), NAMES tis620", ["both tis620"]],
  ["/* a comment */ SET NAMES gbk", ["both gbk"]],
  ["-- a comment\n# another\nSET /* within */ NAMES gbk", ["both gbk"]],
  ["/*!40101 SET NAMES utf8mb3 */", ["both utf8mb3"]],
  ["/*!40101 SET character_set_client = @saved_cs_client */", ["client null"]],
  ["SELECT 1; SET NAMES latin5; SELECT 2", ["both latin5"]],
  ["SET NAMES latin1; SET character_set_results = ucs2", ["both latin1", "results ucs2"]],
])("%s", (sql, expected) => {
  expect(assigned(sql)).toEqual(expected);
});

it.each([
  "SELECT 'SET NAMES latin1'",
  "SELECT '; SET NAMES latin1'",
  "SELECT 1 /* ; SET NAMES latin1 */",
  "INSERT INTO t SET names = 'latin1'",
  "UPDATE t SET charset = 'latin1'",
  "SET GLOBAL character_set_client = latin1",
  "SET GLOBAL sql_mode = '', character_set_client = latin1",
  "SET @@global.character_set_client = latin1",
  "SET @character_set_client = 'latin1'",
  "SET character_set_server = latin1",
  "SET names = 1",
  "SET STATEMENT character_set_client = latin1 FOR SELECT 1",
  "SET",
  "SET NAMES_ = 1, (",
  "SET character",
])("%s sets none", (sql) => {
  expect(assigned(sql)).toEqual([]);
});
