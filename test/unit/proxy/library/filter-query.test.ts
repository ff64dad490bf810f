import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { parseFilter } from "../../../../proxy/filter/parse-filter.ts";
import { toSql } from "../../../../proxy/filter/to-sql.ts";
import { prepareFilter } from "../../../../proxy/library/filter-query.ts";
import { configure, recreateTables } from "../../../../proxy/library/schema.ts";

const database = configure(new Database(":memory:"));
recreateTables(database);

it.each([
  ["is:failed", "statements_not_ok (outcome=? AND rowid>? AND rowid<?)", ""],
  ["is:aborted select", "statements_not_ok (outcome=?", ""],
  ["error:1146", "statements_by_error (errno=? AND rowid>? AND rowid<?)", ""],
  ["is:slow", "statements_slow (<expr>=? AND rowid>? AND rowid<?)", ""],
  ["duration:>5s", "statements_slow (<expr>=? AND rowid>? AND rowid<?)", ""],
  ["session:01990000-0000-7000-8000-000000000001", "statements_by_session (session=?)", "+"],
])("%s is answered by the index %s", (text, index, plus) => {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const { where, parameters } = toSql(parsed.filter, 0);
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN SELECT s.id FROM statements AS s WHERE ${plus}s.id BETWEEN @lo AND @hi AND (${where}) ORDER BY s.id`)
    .all({ ...parameters, lo: 1, hi: 1000 }) as { detail: string }[];
  expect(plan.map(({ detail }) => detail).join("\n")).toContain(index);
  expect(prepareFilter(database, text, 0).indexed).toBe(true);
});

it("A filter of everything else reads ranges of ids", () => {
  expect(prepareFilter(database, "rows:>5 or is:failed", 0).indexed).toBe(false);
});
