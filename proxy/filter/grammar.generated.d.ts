/** A value behind a field's colon, as written. */
export type WrittenValue =
  | { readonly kind: "compared"; readonly operator: ">" | ">=" | "<" | "<=" | "="; readonly text: string }
  | { readonly kind: "regex"; readonly source: string }
  | { readonly kind: "quoted"; readonly text: string }
  | { readonly kind: "bare"; readonly text: string };

/** A filter as written; `start` and `end` are offsets in its text. */
export type Written =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly terms: readonly Written[] }
  | { readonly kind: "not"; readonly term: Written }
  | { readonly kind: "group"; readonly filter: Written }
  | { readonly kind: "regex"; readonly source: string; readonly start: number; readonly end: number }
  | { readonly kind: "word"; readonly text: string; readonly quoted: boolean; readonly start: number; readonly end: number }
  | { readonly kind: "field"; readonly name: string; readonly value: WrittenValue; readonly start: number; readonly end: number };

/** Reads a filter's text; throws `SyntaxError` below. */
export function parse(text: string): Written;

export class SyntaxError extends globalThis.SyntaxError {
  /** What would have been right; `null` where the grammar itself says what is wrong. */
  readonly expected: readonly unknown[] | null;
  readonly found: string | null;
  readonly location: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } };
}
