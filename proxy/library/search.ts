import { allSessions, type ReadScope } from "../model/read-scope.ts";
import type { UnixMicros } from "../model/value.ts";
import { type FilterQuery, prepareFilter } from "./filter-query.ts";
import { AllMatches, FoundMatches, type Matches } from "./matches.ts";
import type { Page, PageInput } from "./messages.ts";
import type { LibraryDatabase } from "./schema.ts";
import type { TimelineRows } from "./timeline-rows.ts";

/** Filters whose matches are kept, and for how long the rest of them is looked for after they were last asked for. */
const keptFilters = 16;
const interestMs = 30_000;

/** How long a page may look for its rows before it answers with what it has. */
const pageMs = 60;

interface Kept {
  readonly query: FilterQuery;
  readonly matches: Matches;
  used: number;
}

/** Answers windows of the statements that match a filter. */
export class Search {
  readonly #database: LibraryDatabase;
  readonly #rows: TimelineRows;
  readonly #newest: () => number;
  /** The one that was used last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(database: LibraryDatabase, rows: TimelineRows, newest: () => number) {
    this.#database = database;
    this.#rows = rows;
    this.#newest = newest;
  }

  /** A window; throws a `FailureError` where the filter cannot be read or takes too long. */
  page({ filter, offset, limit }: PageInput, scope: ReadScope = allSessions): Page {
    const { matches } = this.#keep(filter, scope);
    const wanted = offset < 0 ? -offset : offset + limit;
    const until = performance.now() + pageMs;
    while (!matches.exact && matches.total < wanted && performance.now() < until) matches.lookBack();
    const { total, exact } = matches;
    const first = offset < 0 ? total + offset : offset;
    const from = Math.min(Math.max(first, 0), total);
    const to = Math.max(from, Math.min(first + limit, total));
    return { rows: this.#rows.read(matches.ids(from, to)), offset: from, total, totalExact: exact };
  }

  /** The filter, ready to run. */
  query(filter: string, scope: ReadScope = allSessions): FilterQuery {
    return this.#keep(filter, scope).query;
  }

  /** How many match, as far as is known, and whether that is all. */
  count(filter: string, scope: ReadScope = allSessions): { readonly total: number; readonly exact: boolean } {
    const { total, exact } = this.#keep(filter, scope).matches;
    return { total, exact };
  }

  /** Whether there are older matches to look for, of filters that somebody asked for lately. */
  get hasWork(): boolean {
    return this.#unfinished() !== undefined;
  }

  /** Looks for older matches for about 15 ms. */
  work(): void {
    const unfinished = this.#unfinished();
    if (unfinished === undefined) return;
    try {
      unfinished[1].matches.lookBack();
    } catch {
      // Whoever asks for a page of this filter runs into the same failure and is told.
      this.#kept.delete(unfinished[0]);
    }
  }

  /** Forgets all matches: their ids mean nothing any more. */
  clear(): void {
    this.#kept.clear();
  }

  #unfinished(): [string, Kept] | undefined {
    const since = performance.now() - interestMs;
    return [...this.#kept].findLast(([, { matches, used }]) => !matches.exact && used > since);
  }

  #keep(filter: string, scope: ReadScope): Kept {
    const text = filter.trim();
    const key = `${JSON.stringify(scope)} ${text}`;
    const newest = this.#newest();
    const kept = this.#kept.get(key) ?? this.#prepare(text, scope, newest);
    this.#kept.delete(key);
    kept.matches.arrived(newest);
    kept.used = performance.now();
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptFilters && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  #prepare(text: string, scope: ReadScope, newest: number): Kept {
    const now: UnixMicros = Date.now() * 1000;
    const query = prepareFilter(this.#database, text, now, scope);
    return { query, matches: query.all ? new AllMatches(newest) : new FoundMatches(query, newest), used: 0 };
  }
}
