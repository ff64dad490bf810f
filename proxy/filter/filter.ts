import type { UnixMicros } from "../model/value.ts";

/** Fields whose value is a text of the session, the command or the digest. */
export type TextField = "actor" | "connection" | "session" | "account" | "schema" | "client" | "process" | "command" | "digest";

/** Fields whose value is a number: `bytes` in both directions together, `duration` in microseconds, `error` the error number. */
export type NumberField = "error" | "rows" | "affected" | "bytes" | "duration";

/** What a statement can be. `slow`: a second or longer; `failed`: answered with an error; `aborted`: never answered in full. */
export type State = "slow" | "failed" | "aborted" | "partial";

/** How long a statement takes that is called slow, in microseconds. */
export const slowMicros = 1_000_000;

/** Compared without regard to the case of ASCII letters; `*` in a wildcard stands for any text. */
export type TextMatch =
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "wildcard"; readonly pattern: string }
  | { readonly kind: "regex"; readonly source: string };

/** Ends of a range of numbers; `null` is no end. */
export interface NumberRange {
  readonly min: number | null;
  readonly minIncluded: boolean;
  readonly max: number | null;
  readonly maxIncluded: boolean;
}

/** A filter as read: what every reader of it (SQL, predicate, description) works from. */
export type Filter =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly terms: readonly Filter[] }
  | { readonly kind: "not"; readonly term: Filter }
  /** Tokens that follow each other in the SQL text or in the error message; with `prefix` the last one may go on. */
  | { readonly kind: "words"; readonly where: "anywhere" | "message"; readonly tokens: readonly string[]; readonly prefix: boolean }
  | { readonly kind: "regex"; readonly source: string }
  | { readonly kind: "text"; readonly field: TextField; readonly match: TextMatch }
  | { readonly kind: "claimed"; readonly name: string; readonly match: TextMatch }
  /** `range: null` asks only that there is a value. */
  | { readonly kind: "number"; readonly field: NumberField; readonly range: NumberRange | null }
  | { readonly kind: "is"; readonly state: State }
  | { readonly kind: "after" | "before"; readonly at: UnixMicros }
  | { readonly kind: "last"; readonly micros: number };
