import { cpus } from "node:os";
import { LibraryClient } from "../../proxy/library/library-client.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { median } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import type { BenchResult } from "./relay-bench.ts";
import { writeSyntheticRecordings } from "./synthetic-recordings.ts";

const libraryThread = new URL("../../proxy/library-thread.ts", import.meta.url);

/** What a person looks for: the newest, a word that is everywhere, one that is rare, one that is nowhere, fields, a phrase. */
const filters = [
  "",
  "orders",
  "ocelot",
  "axolotl",
  "customers account:app",
  "is:failed",
  "error:1146 produkts",
  "rows:1 invoices",
  "update -products",
];

/** A search takes part in the report with the median and the slowest of so many. */
const searches = 15;

export interface SearchReport {
  readonly search: string;
  readonly found: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** Measures how fast recordings are indexed when nothing else runs, and how fast a library of many statements answers. */
export async function benchLibrary(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  await using cleanup = new AsyncDisposableStack();
  using data = temporaryDirectory();
  say(`Writing recordings of ${options.statements} statements …\n`);
  writeSyntheticRecordings(data.path, options.statements);

  say("Indexing …\n");
  const startedAt = performance.now();
  const library = new LibraryClient(libraryThread, { dataDirectory: data.path, index: true, recorder: null });
  cleanup.defer(() => library.close());
  await library.call("library.settled", {});
  const seconds = (performance.now() - startedAt) / 1000;
  const { total } = await library.call("statements.page", { filter: "", offset: -1, limit: 1 });
  if (total !== options.statements) throw new Error(`The library holds ${total} statements of ${options.statements} that were recorded.`);
  const perSecond = Math.round(total / seconds);
  say(`${perSecond} statements/s\n`);

  const reports: SearchReport[] = [];
  for (const filter of filters) reports.push(await timeSearch(library, filter));
  reports.push(await timeDeepPage(library, Math.floor(options.statements / 2)));
  reports.push(await timeHistogram(library));
  const json = {
    bench: "library",
    cpus: cpus().length,
    node: process.version,
    statements: total,
    indexedPerSecond: perSecond,
    searches: reports,
  };
  return { table: libraryTable(perSecond, total, reports), json };
}

/** The last hundred matches, as the timeline asks for them. */
function timeSearch(library: LibraryClient, filter: string): Promise<SearchReport> {
  return time(filter === "" ? "(everything)" : filter, async () => {
    return (await library.call("statements.page", { filter, offset: -100, limit: 100 })).total;
  });
}

/** A hundred rows in the middle of everything, as a jump of the scroll bar asks for them. */
function timeDeepPage(library: LibraryClient, offset: number): Promise<SearchReport> {
  return time(`page at ${offset}`, async () => (await library.call("statements.page", { filter: "", offset, limit: 100 })).rows.length);
}

function timeHistogram(library: LibraryClient): Promise<SearchReport> {
  return time("histogram of everything", async () => {
    const { buckets } = await library.call("statements.histogram", { filter: "", from: null, to: null, buckets: 120 });
    return buckets.reduce((sum, { count }) => sum + count, 0);
  });
}

async function time(search: string, ask: () => Promise<number>): Promise<SearchReport> {
  const times: number[] = [];
  let found = 0;
  for (let round = 0; round < searches; round++) {
    const startedAt = performance.now();
    found = await ask();
    times.push(performance.now() - startedAt);
  }
  return { search, found, medianMs: tenths(median(times)), slowestMs: tenths(Math.max(...times)) };
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}

function libraryTable(perSecond: number, statements: number, reports: readonly SearchReport[]): string {
  const width = Math.max(...reports.map(({ search }) => search.length));
  const rows = reports.map(
    ({ search, found, medianMs, slowestMs }) =>
      `${search.padEnd(width)}  ${String(found).padStart(9)}  ${medianMs.toFixed(1).padStart(9)}  ${slowestMs.toFixed(1).padStart(10)}`,
  );
  const header = `${"search".padEnd(width)}  ${"found".padStart(9)}  ${"median ms".padStart(9)}  ${"slowest ms".padStart(10)}`;
  return `${statements} statements indexed at ${perSecond} a second\n\n${[header, ...rows].join("\n")}\n`;
}
