import { fields, states } from "../../proxy/filter/fields.ts";

/** Something to go on with at the caret: replaces the text from `from` to `to`. */
export interface Suggestion {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly meaning: string;
  readonly example: string;
}

const most = 8;

/** What is typed before the name of something claimed. */
const claimed = "claimed.";

/**
 * What can be written at `caret`: fields whose name begins as the word does, the states after `is:`, and behind `claimed.`
 * those of `claimNames` that the filter language can spell and that have what is typed in them.
 */
export function suggestionsAt(text: string, caret: number, claimNames: readonly string[] = []): readonly Suggestion[] {
  const from = wordStart(text, caret);
  const word = text.slice(from, caret).toLowerCase();
  if (word === "" || isInQuotes(text, from)) return [];
  const at = { from, to: caret };
  if (word.startsWith("is:")) {
    return states
      .filter((state) => state.startsWith(word.slice(3)) && state !== word.slice(3))
      .map((state) => ({ ...at, insert: `is:${state}`, meaning: "", example: "" }));
  }
  if (word.startsWith(claimed) && !word.includes(":")) {
    const typed = word.slice(claimed.length);
    const names = claimNames.filter((name) => /^[\w.-]+$/.test(name) && name.toLowerCase().includes(typed)).slice(0, most);
    if (names.length > 0)
      return names.map((name) => ({ ...at, insert: `${claimed}${name}:`, meaning: "claimed, not proven", example: "" }));
  }
  return fields
    .filter((field) => field.name.startsWith(word))
    .slice(0, most)
    .map((field) => ({
      ...at,
      insert: field.name.endsWith(".") ? field.name : `${field.name}:`,
      meaning: field.meaning,
      example: field.example,
    }));
}

/** The text with a suggestion taken, and where the caret is then. */
export function applySuggestion(text: string, { from, to, insert }: Suggestion): { readonly text: string; readonly caret: number } {
  return { text: text.slice(0, from) + insert + text.slice(to), caret: from + insert.length };
}

function wordStart(text: string, caret: number): number {
  let start = caret;
  while (start > 0 && !/[\s()"]/.test(text[start - 1] ?? "")) start--;
  return start;
}

function isInQuotes(text: string, place: number): boolean {
  return (text.slice(0, place).match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
}
