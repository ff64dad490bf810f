import type { LibraryClient } from "../../proxy/library/library-client.ts";
import { median } from "./median.ts";

/** What a person looks for: the newest, words that are common, rare or nowhere, fields, a phrase, a pattern. */
const filters = [
  "",
  "orders",
  "ocelot",
  "axolotl",
  "customers account:app",
  "is:failed",
  "error:1146 produkts",
  "rows:1 invoices",
  '"paid = 0"',
  "/stock - [67]/",
];

/** Each is asked so often: the first time nothing is remembered of it. */
const asks = 10;

export interface SearchReport {
  readonly search: string;
  readonly found: number;
  /** Whether all of the library was searched; else `found` is of what was searched before the page was full. */
  readonly exact: boolean;
  readonly firstMs: number;
  /** Median of the times after the first. */
  readonly againMs: number;
}

/** Asks a library of `statements` statements what the timeline asks: pages of matches, a jump, the histogram. */
export async function timeSearches(library: LibraryClient, statements: number): Promise<SearchReport[]> {
  const reports: SearchReport[] = [];
  for (const filter of filters) {
    const page = { filter, offset: -100, limit: 100 };
    const ask = async () => library.call("statements.page", page).then(({ total, totalExact }) => ({ found: total, exact: totalExact }));
    reports.push(await time(filter === "" ? "(everything)" : filter, ask));
  }
  const jump = { filter: "", offset: Math.floor(statements / 2), limit: 100 };
  const askJump = async () => library.call("statements.page", jump).then(({ rows }) => ({ found: rows.length, exact: true }));
  reports.push(await time("a jump to the middle", askJump));
  for (const filter of ["", "orders"]) {
    const window = { filter, from: null, to: null, buckets: 120 };
    const askHistogram = async () =>
      library
        .call("statements.histogram", window)
        .then(({ buckets }) => ({ found: buckets.reduce((sum, { count }) => sum + count, 0), exact: true }));
    reports.push(await time(`histogram of ${filter === "" ? "everything" : filter}`, askHistogram));
  }
  return reports;
}

async function time(search: string, ask: () => Promise<{ found: number; exact: boolean }>): Promise<SearchReport> {
  const times: number[] = [];
  let answer = { found: 0, exact: true };
  for (let round = 0; round < asks; round++) {
    const startedAt = performance.now();
    answer = await ask();
    times.push(performance.now() - startedAt);
  }
  const [first = Number.NaN, ...again] = times;
  return { search, ...answer, firstMs: tenths(first), againMs: tenths(median(again)) };
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}
