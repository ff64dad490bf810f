import type { Actor } from "../model/actor.ts";
import type { Claim } from "../model/claim.ts";
import type { Outcome } from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import { type Filter, type NumberField, type State, slowMicros, type TextField, type TextMatch } from "./filter.ts";
import { inRange } from "./quantity.ts";
import { asciiLower, matchesText, programName, regexOf } from "./text-match.ts";
import { hasTokens, searchedCharacters, tokensOf } from "./words.ts";

/** What a filter looks at in one statement and its session. Times in microseconds. */
export interface FilterRow {
  readonly session: string;
  readonly connection: string;
  readonly actor: Actor;
  readonly account: string | null;
  readonly schema: string | null;
  readonly client: string;
  /** Path of the client's program; `null` where it is not known. */
  readonly process: string | null;
  /** What its client claimed of itself, and along with the statement. */
  readonly claims: readonly Pick<Claim, "name" | "value">[];
  readonly command: string;
  readonly digest: string | null;
  readonly sql: string | null;
  readonly message: string | null;
  readonly errno: number | null;
  readonly outcome: Outcome;
  readonly rows: number | null;
  readonly affected: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationUs: number | null;
  readonly partial: boolean;
  readonly at: UnixMicros;
}

export type FilterPredicate = (row: FilterRow) => boolean;

/** A filter as a function over rows, with the meaning that `toSql` gives it; `now` is what `last:` counts back from. */
export function toPredicate(filter: Filter, now: UnixMicros): FilterPredicate {
  switch (filter.kind) {
    case "all":
      return () => true;
    case "and": {
      const terms = filter.terms.map((term) => toPredicate(term, now));
      return (row) => terms.every((term) => term(row));
    }
    case "or": {
      const terms = filter.terms.map((term) => toPredicate(term, now));
      return (row) => terms.some((term) => term(row));
    }
    case "not": {
      const term = toPredicate(filter.term, now);
      return (row) => !term(row);
    }
    case "words":
      return wordsPredicate(filter);
    case "regex":
      return regexPredicate(filter.source);
    case "text":
      return textPredicate(filter.field, filter.match);
    case "claimed":
      return (row) => row.claims.some(({ name, value }) => name === filter.name && matchesText(filter.match, value));
    case "number": {
      const { field, range } = filter;
      return (row) => {
        const value = numberIn(field, row);
        return value !== null && (range === null || inRange(range, value));
      };
    }
    case "is":
      return (row) => isState(filter.state, row);
    case "after":
      return (row) => row.at >= filter.at;
    case "before":
      return (row) => row.at < filter.at;
    case "last": {
      const since = now - filter.micros;
      return (row) => row.at >= since;
    }
    default:
      return filter satisfies never;
  }
}

function wordsPredicate(filter: Extract<Filter, { kind: "words" }>): FilterPredicate {
  const found = (text: string | null) => text !== null && hasTokens(tokensOf(text), filter.tokens, filter.prefix);
  if (filter.where === "message") return (row) => found(row.message);
  return (row) => found(row.sql) || found(row.message);
}

function regexPredicate(source: string): FilterPredicate {
  const regex = regexOf(source);
  const found = (text: string | null) => text !== null && regex.test(text.slice(0, searchedCharacters));
  return (row) => found(row.sql) || found(row.message);
}

function textPredicate(field: TextField, match: TextMatch): FilterPredicate {
  if (field === "actor") return (row) => namesOf(row.actor).some((name) => matchesText(match, name));
  if (field === "process")
    return ({ process }) => process !== null && [process, programName(process)].some((name) => matchesText(match, name));
  const short = shortForms[field];
  if (short === undefined || match.kind === "regex") return (row) => matchesText(match, row[field]);
  return (row) => matchesText(match, row[field]) || matchesText(match, short(row[field] ?? ""));
}

/** What an actor is meant by: name, e-mail address, subject. */
function namesOf(actor: Actor): readonly (string | null)[] {
  if (!actor.authenticated) return [actor.name];
  return [actor.name, actor.subject, actor.kind === "person" ? actor.email : null];
}

/** What is meant when no more of a value is written: `COM_QUERY` without `COM_`, the user of `user@host`. */
const shortForms: Partial<Readonly<Record<Exclude<TextField, "actor" | "process">, (value: string) => string | null>>> = {
  command: (name) => (asciiLower(name).startsWith("com_") ? name.slice(4) : null),
  account: (account) => (account.includes("@") ? account.slice(0, account.indexOf("@")) : null),
};

function numberIn(field: NumberField, row: FilterRow): number | null {
  switch (field) {
    case "error":
      return row.errno;
    case "rows":
      return row.rows;
    case "affected":
      return row.affected;
    case "bytes":
      return row.bytesIn + row.bytesOut;
    case "duration":
      return row.durationUs;
    default:
      return field satisfies never;
  }
}

function isState(state: State, row: FilterRow): boolean {
  switch (state) {
    case "slow":
      return row.durationUs !== null && row.durationUs >= slowMicros;
    case "failed":
      return row.outcome === "error";
    case "aborted":
      return row.outcome === "aborted";
    case "partial":
      return row.partial;
    default:
      return state satisfies never;
  }
}
