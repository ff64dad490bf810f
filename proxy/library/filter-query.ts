import { type Filter, slowMicros } from "../filter/filter.ts";
import { parseFilter } from "../filter/parse-filter.ts";
import { type OutsideRegex, outcomeNumbers, type RegexSubject, toSql, wordExpression } from "../filter/to-sql.ts";
import { FailureError } from "../model/failure.ts";
import { allSessions, type ReadScope } from "../model/read-scope.ts";
import type { UnixMicros } from "../model/value.ts";
import { type KeyedTexts, keysMatching } from "./regex-runner.ts";
import type { LibraryDatabase } from "./schema.ts";
import { scopeCondition } from "./scope-condition.ts";

/** Buckets of equal width from `from` on; `to` is not part of the last. */
export interface TimeAxis {
  readonly from: UnixMicros;
  readonly to: UnixMicros;
  /** In microseconds; need not be whole. */
  readonly width: number;
}

export interface BucketCount {
  readonly bucket: number;
  readonly count: number;
  readonly errors: number;
}

/** A filter that can be run over ranges of ids. */
export interface FilterQuery {
  /** Whether everything matches. */
  readonly all: boolean;
  /** Whether the database finds the matches by an index, so that a wide range costs little more than a narrow one. */
  readonly indexed: boolean;
  /** Ids from `lo` to `hi` that match, ascending. Throws a `FailureError` where it takes too long. */
  ids(lo: number, hi: number): number[];
  /** How many of the ids from `lo` to `hi` match, and how many of those are errors, by bucket of `axis` (buckets without any are left out). */
  counts(lo: number, hi: number, axis: TimeAxis): BucketCount[];
  /** Times of the first and the last statement that may be read, whether it matches or not; `null` where there is none. */
  span(): { readonly first: UnixMicros | null; readonly last: UnixMicros | null };
}

/** Makes a filter's text ready to run over what may be read; throws a `FailureError` (`bad-filter`) where it cannot be read. */
export function prepareFilter(database: LibraryDatabase, text: string, now: UnixMicros, scope: ReadScope = allSessions): FilterQuery {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new FailureError("bad-filter", parsed.message);
  const { filter } = parsed;
  const { where, parameters, regexes } = toSql(filter, now);
  const help = indexHelp(filter);
  // The plus keeps the database from reading all rows of the range instead of using the index.
  const range = `${help === "in-any-order" ? "+" : ""}s.id BETWEEN @lo AND @hi`;
  const words = scope.kind === "all" ? wordExpression(filter) : null;
  const readable = scopeCondition(scope, "s.session");
  const idSql =
    words === null
      ? `SELECT s.id FROM statements AS s WHERE ${range} AND (${where}) AND ${readable.where} ORDER BY s.id`
      : "SELECT rowid FROM statement_words WHERE statement_words MATCH @p0 AND rowid BETWEEN @lo AND @hi ORDER BY rowid";
  const ids = database.prepare<[Record<string, unknown>], number>(idSql).pluck();
  const counts = database.prepare<[Record<string, unknown>], BucketCount>(
    `SELECT CAST((s.at - @from) / @width AS INTEGER) AS bucket, count(*) AS count, sum(s.outcome = ${outcomeNumbers.error}) AS errors
     FROM statements AS s WHERE ${range} AND +s.at >= @from AND +s.at < @to AND (${where}) AND ${readable.where} GROUP BY bucket`,
  );
  const bind = (lo: number, hi: number) => ({
    ...parameters,
    ...readable.parameters,
    ...outside(database, regexes, lo, hi),
    lo,
    hi,
  });
  const timeAt = (order: "ASC" | "DESC"): UnixMicros | null =>
    database
      .prepare<[object], number>(`SELECT s.at FROM statements AS s WHERE ${readable.where} ORDER BY s.at ${order} LIMIT 1`)
      .pluck()
      .get(readable.parameters) ?? null;
  return {
    all: filter.kind === "all" && scope.kind === "all",
    indexed: help !== "none",
    ids: (lo, hi) => ids.all(bind(lo, hi)),
    counts: (lo, hi, axis) => counts.all({ ...bind(lo, hi), from: axis.from, to: axis.to, width: axis.width }),
    span: () => ({ first: timeAt("ASC"), last: timeAt("DESC") }),
  };
}

/**
 * How the database's indexes help with a filter, or with one of the conditions that it joins with “and”: `in-order` gives
 * few entries in the order of ids, `in-any-order` few entries that are sorted afterwards, `none` reads every statement.
 */
type IndexHelp = "in-order" | "in-any-order" | "none";

function indexHelp(filter: Filter): IndexHelp {
  switch (filter.kind) {
    case "and": {
      const helps = filter.terms.map(indexHelp);
      return helps.find((help) => help === "in-order") ?? helps.find((help) => help === "in-any-order") ?? "none";
    }
    case "is":
      return filter.state === "partial" ? "none" : "in-order";
    case "text":
      return filter.field === "session" && filter.match.kind === "exact" ? "in-any-order" : "none";
    case "number":
      if (filter.field === "duration") return (filter.range?.min ?? 0) >= slowMicros ? "in-order" : "none";
      return filter.field === "error" && filter.range !== null && filter.range.min === filter.range.max ? "in-order" : "none";
    default:
      return "none";
  }
}

/** Runs the regular expressions of a filter, which SQLite does not run, and gives the keys that match to it. */
function outside(database: LibraryDatabase, regexes: readonly OutsideRegex[], lo: number, hi: number): Record<string, string> {
  return Object.fromEntries(
    regexes.map(({ parameter, source, subject }) => [parameter, JSON.stringify(keysMatching(source, subjects(database, subject, lo, hi)))]),
  );
}

function subjects(database: LibraryDatabase, subject: RegexSubject, lo: number, hi: number): KeyedTexts[] {
  const read = (sql: string, ...parameters: (string | number)[]) =>
    database
      .prepare(sql)
      .raw()
      .all(...parameters) as KeyedTexts[];
  switch (subject.kind) {
    case "text":
      return read("SELECT id, sql, message FROM statement_details WHERE id BETWEEN ? AND ?", lo, hi);
    case "session":
      return read(`SELECT key, ${subject.columns.join(", ")} FROM sessions`);
    case "claimed":
      return subject.by === "session"
        ? read("SELECT s.key, fact.value FROM sessions AS s, json_each(s.claimed) AS fact WHERE fact.key = ?", subject.name)
        : read(
            "SELECT statement, value FROM claims WHERE name = (SELECT key FROM claim_names WHERE name = ?) AND statement BETWEEN ? AND ?",
            ...[subject.name, lo, hi],
          );
    case "name":
      return read(`SELECT key, name FROM ${subject.table}`);
    default:
      return subject satisfies never;
  }
}
