import type { TextMatch } from "./filter.ts";

/** Lower case of the ASCII letters alone, as SQLite's `lower()` does. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a value matches; `null` never does. */
export function matchesText(match: TextMatch, value: string | null): boolean {
  if (value === null) return false;
  switch (match.kind) {
    case "exact":
      return asciiLower(match.text) === asciiLower(value);
    case "wildcard":
      return matchesWildcard(match.pattern, value);
    case "regex":
      return regexOf(match.source).test(value);
    default:
      return match satisfies never;
  }
}

/** The name of a program, without the folders that it lies in: what is meant when no more is written. */
export function programName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A regular expression of the filter language: JavaScript's, Unicode, without regard to case. Throws where it is none. */
export function regexOf(source: string): RegExp {
  return new RegExp(source, "iu");
}

/** Whether `value` has the form of `pattern`, where `*` is any text; takes time linear in the value for each `*`. */
export function matchesWildcard(pattern: string, value: string): boolean {
  const text = asciiLower(value);
  const [first = "", ...rest] = asciiLower(pattern).split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
