import { expect, it } from "vitest";
import { selectNames } from "../../../../../proxy/demo/training/select-names.ts";
import { tokensOf } from "../../../../../proxy/demo/training/sql-tokens.ts";

it.each<[string, (string | null)[] | null]>([
  ["SELECT 1+1, 'x', count( * ) FROM t", ["1+1", "x", "count( * )"]],
  ["SELECT @@version_comment LIMIT 1", ["@@version_comment"]],
  ["SELECT id, o.id, SUM(a) AS total, SUM(a) total2, `b` c FROM t", [null, null, null, null, null]],
  ["SELECT NULL", ["NULL"]],
  ["SELECT CASE WHEN a THEN 1 ELSE 2 END FROM t", ["CASE WHEN a THEN 1 ELSE 2 END"]],
  ["SELECT * FROM t", null],
  ["SELECT t.*, 1 FROM t", null],
  ["WITH x AS (SELECT 1) SELECT 1", null],
])("%s names its columns %j", (sql, names) => {
  expect(selectNames(tokensOf(sql), sql)).toEqual(names);
});
