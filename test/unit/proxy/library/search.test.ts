import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { histogram } from "../../../../proxy/library/histogram.ts";
import { Indexer } from "../../../../proxy/library/indexer.ts";
import type { HistogramInput } from "../../../../proxy/library/messages.ts";
import { type LibraryDatabase, openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";
import { Search } from "../../../../proxy/library/search.ts";
import { TimelineRows } from "../../../../proxy/library/timeline-rows.ts";
import { RecordedSession } from "../../../support/library/recorded-session.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;
const statements = 1000;

let data: ReturnType<typeof temporaryDirectory>;
let database: LibraryDatabase;
let indexer: Indexer;
let search: Search;
let recorded: RecordedSession;

function index(): void {
  indexer.add({ session: recorded.id, path: recorded.path, size: fs.statSync(recorded.path).size });
  while (indexer.hasWork) indexer.slice(1000);
}

beforeEach(() => {
  data = temporaryDirectory();
  database = openLibrary(data.path);
  recreateTables(database);
  recorded = new RecordedSession(data.path, start);
  for (let n = 0; n < statements; n += 1) {
    const answer = n % 100 === 99 ? { error: 1146, message: "Table 'ghosts' doesn't exist" } : ("ok" as const);
    recorded.query(`SELECT ${n}  FROM\n t_${n % 2 === 0 ? "even" : "odd"}`, start + n * 1000, answer);
  }
  indexer = new Indexer(database);
  index();
  search = new Search(database, new TimelineRows(database), () => indexer.newest);
});

afterEach(() => {
  indexer.reset();
  database.close();
  data[Symbol.dispose]();
});

const ids = (filter: string, offset: number, limit: number) => search.page({ filter, offset, limit }).rows.map(({ id }) => id);

describe("A page", () => {
  it("counts from the oldest, and from the newest where the offset is negative", () => {
    expect(ids("", 0, 3)).toEqual([1, 2, 3]);
    expect(ids("", 500, 2)).toEqual([501, 502]);
    expect(ids("", -2, 2)).toEqual([999, 1000]);
    expect(search.page({ filter: "", offset: -2, limit: 2 })).toMatchObject({ offset: 998, total: 1000, totalExact: true });
  });

  it("holds what there is where it reaches over an end", () => {
    expect(ids("", 998, 10)).toEqual([999, 1000]);
    expect(ids("", 5000, 10)).toEqual([]);
    expect(ids("", -1005, 10)).toEqual([1, 2, 3, 4, 5]);
    expect(ids("", -5000, 10)).toEqual([]);
  });

  it("counts matches only, where there is a filter", () => {
    expect(ids("odd", 0, 3)).toEqual([2, 4, 6]);
    expect(ids("odd", -2, 2)).toEqual([998, 1000]);
    expect(ids("ghosts", -2, 2)).toEqual([900, 1000]);
    expect(ids("is:failed -ghosts", 0, 10)).toEqual([]);
    expect(search.page({ filter: "/t_ev/", offset: -1, limit: 1 })).toMatchObject({ total: 500, totalExact: true });
  });

  it("takes in statements that arrive", () => {
    expect(search.page({ filter: "odd", offset: 0, limit: 1 }).total).toBe(500);
    recorded.query("SELECT 1 FROM t_odd", start + 2_000_000).query("SELECT 1 FROM t_even", start + 2_001_000);
    index();
    expect(search.page({ filter: "odd", offset: -1, limit: 1 })).toMatchObject({ total: 501, rows: [{ id: 1001 }] });
    expect(search.page({ filter: "", offset: -1, limit: 1 })).toMatchObject({ total: 1002, rows: [{ id: 1002 }] });
  });

  it("shows a statement's text on one line, cut to its length", () => {
    recorded.query(`SELECT '${"é\u{1f980}".repeat(1000)}'`, start + 2_000_000);
    index();
    expect(search.page({ filter: "", offset: 0, limit: 1 }).rows[0]?.sql).toBe("SELECT 0 FROM t_even");
    const [long] = search.page({ filter: "", offset: -1, limit: 1 }).rows;
    expect(long?.sql?.length).toBeLessThanOrEqual(400);
    expect(long?.sql).toMatch(/…$/);
    expect(long?.sql?.isWellFormed()).toBe(true);
  });

  it("says what is wrong with a filter", () => {
    expect(() => search.page({ filter: "rows:many", offset: 0, limit: 1 })).toThrow(/“rows:” wants a number/);
  });

  it("gives up a regular expression that would never end, and answers others afterwards", () => {
    recorded.query(`SELECT '${"a".repeat(60)}!'`, start + 2_000_000);
    index();
    expect(() => search.page({ filter: "/(a+)+b$/", offset: -1, limit: 1 })).toThrow(/takes too long/);
    expect(ids("odd", 0, 1)).toEqual([2]);
  });
});

describe("A histogram", () => {
  const count = (input: Partial<HistogramInput> & { filter: string }) => {
    const slices = histogram(database, search.query(input.filter), { from: null, to: null, buckets: 10, ...input }, indexer.newest);
    for (;;) {
      const step = slices.next();
      if (step.done) return step.value;
    }
  };
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

  it("spreads all statements over its buckets", () => {
    const { from, to, buckets } = count({ filter: "" });
    expect([from, to]).toEqual([start, start + 999_001]);
    expect(buckets.map((bucket) => bucket.count)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(buckets.map((bucket) => bucket.errors)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it("counts what matches between two times only", () => {
    const { buckets } = count({ filter: "odd", from: start + 100_000, to: start + 300_000, buckets: 2 });
    expect(buckets).toEqual([
      { at: start + 100_000, count: 50, errors: 1 },
      { at: start + 200_000, count: 50, errors: 1 },
    ]);
  });

  it("loses nothing where its buckets are wide", () => {
    const { buckets } = count({ filter: "", from: start - 60_000_000, to: start + 60_000_000, buckets: 12 });
    expect(sum(buckets.map((bucket) => bucket.count))).toBe(statements);
    expect(sum(buckets.map((bucket) => bucket.errors))).toBe(10);
    expect(buckets[6]?.count).toBe(statements);
  });

  it("of an empty library is empty", () => {
    recreateTables(database);
    expect(sum(count({ filter: "" }).buckets.map((bucket) => bucket.count))).toBe(0);
  });
});
