import { cpus } from "node:os";
import { LibraryClient } from "../../proxy/library/library-client.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { benchLoad, type LoadReport, libraryThread } from "./library-load.ts";
import { type SearchReport, timeSearches } from "./library-search.ts";
import type { BenchOptions } from "./options.ts";
import type { BenchResult } from "./relay-bench.ts";
import { writeSyntheticRecordings } from "./synthetic-recordings.ts";
import { table } from "./table.ts";

/** Measures how fast recordings are indexed when nothing else runs, how fast many statements are searched, and what load does. */
export async function benchLibrary(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const { indexedPerSecond, searches } = await benchIndex(options.statements, say);
  const load = await benchLoad(options, say);
  const json = {
    bench: "library",
    cpus: cpus().length,
    node: process.version,
    statements: options.statements,
    indexedPerSecond,
    searches,
    load,
  };
  const indexing = `${options.statements} statements indexed at ${indexedPerSecond} a second\n`;
  return { table: [indexing, searchTable(searches), ...(load === null ? [] : [loadText(load)])].join("\n"), json };
}

async function benchIndex(
  statements: number,
  say: (text: string) => void,
): Promise<{ indexedPerSecond: number; searches: SearchReport[] }> {
  await using cleanup = new AsyncDisposableStack();
  using data = temporaryDirectory();
  say(`Writing recordings of ${statements} statements …\n`);
  writeSyntheticRecordings(data.path, statements);

  say("Indexing …\n");
  const startedAt = performance.now();
  const library = new LibraryClient(libraryThread, { dataDirectory: data.path, index: true, recorder: null });
  cleanup.defer(() => library.close());
  await library.call("library.settled", {});
  const seconds = (performance.now() - startedAt) / 1000;
  const { total } = await library.call("statements.page", { filter: "", offset: -1, limit: 1 });
  if (total !== statements) throw new Error(`The library holds ${total} statements of ${statements} that were recorded.`);
  say(`${Math.round(total / seconds)} statements/s\nSearching …\n`);
  return { indexedPerSecond: Math.round(total / seconds), searches: await timeSearches(library, statements) };
}

function searchTable(searches: readonly SearchReport[]): string {
  const rows = searches.map(({ search, found, exact, firstMs, againMs }) => [
    search,
    `${found}${exact ? "" : "+"}`,
    firstMs.toFixed(1),
    againMs.toFixed(1),
  ]);
  return table(["search", "found", "first ms", "again ms"], rows);
}

function loadText(load: LoadReport): string {
  return (
    `under load: ${load.queriesPerSecondWith} queries/s with indexing, ${load.queriesPerSecondWithout} without (${load.ratio.toFixed(2)}); ` +
    `lag at its end ${(load.lagBytes / 1e6).toFixed(1)} MB or ${(load.lagMs / 1000).toFixed(1)} s, caught up ${load.caughtUpAfterSeconds.toFixed(1)} s after it\n`
  );
}
