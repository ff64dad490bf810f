import fs from "node:fs";
import { setImmediate } from "node:timers/promises";
import v8 from "node:v8";
import vm from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Indexer } from "../../../../proxy/library/indexer.ts";
import { type LibraryDatabase, openLibrary, recreateTables } from "../../../../proxy/library/schema.ts";
import { StatementView } from "../../../../proxy/library/statement-view.ts";
import { TimelineRows } from "../../../../proxy/library/timeline-rows.ts";
import { RecordedSession } from "../../../support/library/recorded-session.ts";
import { openFiles } from "../../../support/process-facts.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const start = Date.UTC(2026, 0, 31, 9) * 1000;

let data: ReturnType<typeof temporaryDirectory>;
let database: LibraryDatabase;
let view: StatementView;
let recorded: RecordedSession;

beforeEach(() => {
  data = temporaryDirectory();
  database = openLibrary(data.path);
  recreateTables(database);
  recorded = new RecordedSession(data.path, start)
    .query("SELECT 1", start + 1)
    .query("SELECT name FROM customers", start + 1000, { rows: Array.from({ length: 3500 }, (_, row) => `row ${row}`) })
    .query("SELECT long", start + 2000, { rows: ["x".repeat(100), "é".repeat(50)] })
    .query(`SELECT '${"é".repeat(3 * 1024 * 1024)}'`, start + 3000)
    .query("SELECT many", start + 4000, { rows: Array.from({ length: 5 }, () => "y".repeat(6 * 1024 * 1024)) });
  index(recorded);
  view = new StatementView(database, data.path, new TimelineRows(database));
});

afterEach(() => {
  database.close();
  data[Symbol.dispose]();
});

function index({ id, path, size }: RecordedSession): void {
  const indexer = new Indexer(database);
  indexer.add({ session: id, path, size });
  while (indexer.hasWork) indexer.slice(1000);
  indexer.reset();
}

const windowOf = ({ id }: RecordedSession, seq: number, from: number, limit: number, cellLimit = 0) => ({
  session: id,
  seq,
  result: 0,
  from,
  limit,
  cellLimit,
});
const window = (seq: number, from: number, limit: number, cellLimit = 0) => view.rows(windowOf(recorded, seq, from, limit, cellLimit));

describe("A statement in full", () => {
  it("has its text, its digest and its result sets", async () => {
    expect(await view.detail(recorded.id, 2)).toMatchObject({
      sql: "SELECT name FROM customers",
      digestText: "SELECT NAME FROM `customers`",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      results: [{ columns: [{ name: "name", orgTable: "customers", type: "VARCHAR" }], rowCount: 3500 }],
      row: { id: 2, rows: 3500 },
    });
  });

  it("is cut at 4 MiB of text, and says how long it is", async () => {
    const detail = await view.detail(recorded.id, 4);
    expect(detail.sqlCutFrom).toBe(6 * 1024 * 1024 + "SELECT ''".length);
    expect(Buffer.byteLength(detail.sql ?? "")).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  it("is read in turns with what else the thread has to do, and once for all who ask", async () => {
    const large = new RecordedSession(data.path, start);
    large.query("SELECT large", start + 1, { rows: Array.from({ length: 300_000 }, (_, row) => `row ${row}`) }).close();
    index(large);
    let [turns, asking] = [0, true];
    const asked = [view.detail(large.id, 1), view.detail(large.id, 1), view.rows(windowOf(large, 1, 299_999, 5))] as const;
    void Promise.allSettled(asked).finally(() => {
      asking = false;
    });
    for (; asking; turns += 1) await setImmediate();
    expect((await asked[1]).results).toMatchObject([{ rowCount: 300_000 }]);
    expect(await asked[2]).toEqual({ rows: [["row 299999"]], more: false });
    expect(turns).toBeGreaterThan(4);
  });

  it("is read no further when all who asked for it went away", async () => {
    const large = new RecordedSession(data.path, start);
    large.query("SELECT large", start + 1, { rows: Array.from({ length: 300_000 }, (_, row) => `row ${row}`) }).close();
    index(large);
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [view.detail(large.id, 1, first.signal), view.rows(windowOf(large, 1, 0, 5), second.signal)];
    const ended = Promise.allSettled(asked);
    first.abort();
    await setImmediate();
    expect(openFiles(process.pid)).toContain(large.path);
    second.abort();
    expect(await ended).toMatchObject([
      { status: "rejected", reason: { code: "cancelled" } },
      { status: "rejected", reason: { code: "cancelled" } },
    ]);
    expect(openFiles(process.pid)).not.toContain(large.path);
    expect((await view.detail(large.id, 1)).results).toMatchObject([{ rowCount: 300_000 }]);
  });

  it("is refused in a sentence where it is not there", async () => {
    await expect(view.detail(recorded.id, 99)).rejects.toThrow("There is no statement 99");
    await expect(window(1, 0, 1)).rejects.toThrow("has no result set 1");
    const elsewhere = { session: "../../etc/passwd", seq: 1, result: 0, from: 0, limit: 1, cellLimit: 0 };
    await expect(view.rows(elsewhere)).rejects.toThrow("There is no statement 1");
    fs.rmSync(recorded.path);
    await expect(view.detail(recorded.id, 3)).rejects.toThrow("is not there any more");
  });
});

describe("A window of rows", () => {
  it.each([
    [0, 2],
    [998, 4],
    [999, 1],
    [1000, 1],
    [2500, 1000],
  ])("from %i, of %i rows, holds these", async (from, limit) => {
    expect(await window(2, from, limit)).toEqual({
      rows: Array.from({ length: limit }, (_, row) => [`row ${from + row}`]),
      more: from + limit < 3500,
    });
  });

  it("ends with the result", async () => {
    expect(await window(2, 3499, 10)).toEqual({ rows: [["row 3499"]], more: false });
    expect(await window(2, 3500, 10)).toEqual({ rows: [], more: false });
    expect(await window(2, 1_000_000, 10)).toEqual({ rows: [], more: false });
  });

  it("cuts long cells without cutting a character", async () => {
    expect((await window(3, 0, 2, 51)).rows).toEqual([[{ text: "x".repeat(51), cutFrom: 100 }], [{ text: "é".repeat(25), cutFrom: 100 }]]);
    expect((await window(3, 0, 2)).rows).toEqual([["x".repeat(100)], ["é".repeat(50)]]);
  });

  it("holds many huge rows as cut as they are asked for, and not one of them whole", async () => {
    const huge = new RecordedSession(data.path, start);
    huge.query("SELECT huge", start + 1, { rows: Array.from({ length: 6 }, () => "z".repeat(10 * 1024 * 1024)) }).close();
    index(huge);
    v8.setFlagsFromString("--expose_gc");
    const collect = vm.runInNewContext("gc") as (options: object) => Promise<void>;
    await collect({ execution: "async" });
    const before = process.memoryUsage();
    const shown = await view.rows({ session: huge.id, seq: 1, result: 0, from: 0, limit: 6, cellLimit: 300 });
    await collect({ execution: "async" });
    const after = process.memoryUsage();
    expect(shown).toMatchObject({ more: false, rows: { length: 6, 5: [{ cutFrom: 10 * 1024 * 1024 }] } });
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(20 * 1024 * 1024);
  });

  it("ends early where rows are very large, and says that there is more", async () => {
    const first = await window(5, 0, 5);
    expect(first.rows.length).toBe(2);
    expect(first.more).toBe(true);
    expect(await window(5, 3, 5)).toMatchObject({ more: false, rows: [{}, {}] });
  });
});
