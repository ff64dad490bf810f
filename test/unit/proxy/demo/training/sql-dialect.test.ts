import { expect, it } from "vitest";
import { translated } from "../../../../../proxy/demo/training/sql-dialect.ts";
import { tokensOf } from "../../../../../proxy/demo/training/sql-tokens.ts";

const dialect = { schema: "shop", variable: (text: string) => `<${text}>` };

it.each([
  ['SELECT "it\'s"', "SELECT 'it''s'"],
  ["SELECT * FROM shop.orders", "SELECT * FROM orders"],
  ["SELECT `shop`.`orders`.id", "SELECT `orders`.id"],
  ["SELECT a <=> b && c || d", "SELECT a IS b AND c OR d"],
  ["SELECT 7 DIV 2, MOD(7, 2), 7 MOD 2", "SELECT 7 / 2, MOD(7, 2), 7 % 2"],
  ["SELECT x'4142', 0x4142", "SELECT x'4142', x'4142'"],
  ["SELECT @@sql_mode, @a", "SELECT <@@sql_mode>, <@a>"],
  ["SELECT id FROM t FOR UPDATE", "SELECT id FROM t"],
  ["SELECT * FROM nothing", "SELECT * FROM `nothing`"],
  ["SELECT 1 FROM DUAL", "SELECT 1"],
  ["INSERT IGNORE INTO t VALUES (1)", "INSERT OR IGNORE INTO t VALUES (1)"],
  ["INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a)", "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = excluded.a"],
  ["SELECT NOW() - INTERVAL 7 DAY", "SELECT date_sub(NOW(), ((7) || ' DAY'))"],
  ["SELECT o.placed_at + INTERVAL ? month", "SELECT date_add(o.placed_at, ((?) || ' MONTH'))"],
  ["SELECT DATE_ADD(a, INTERVAL 1 YEAR)", "SELECT DATE_ADD(a, ((1) || ' YEAR'))"],
  ["SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(6)", "SELECT NOW(), NOW(6)"],
  ["CREATE TABLE t (a ENUM('x','y'))", "CREATE TABLE t (a \"ENUM('x','y')\")"],
])("%s is %s in SQLite's words", (mysql, sqlite) => {
  expect(translated(tokensOf(mysql), dialect)).toBe(sqlite);
});
