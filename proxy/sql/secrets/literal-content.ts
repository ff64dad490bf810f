import { quoteEscapes, type Reading } from "../lexer.ts";

/** What a literal stands for, and for each of its characters where that comes from in the statement's text. */
export interface LiteralContent {
  readonly text: string;
  /** One more than characters in `text`: the last is the content's end. */
  readonly at: readonly number[];
}

const escaped: { readonly [character: string]: string } = { n: "\n", r: "\r", t: "\t", 0: "\0", b: "\b", Z: "\x1a" };

/** The content of the quoted literal whose quoted characters are `text` from `start` to `end`, taken out of its quotes. */
export function literalContent(text: string, start: number, end: number, quote: string, reading: Reading): LiteralContent {
  const escapes = quoteEscapes(quote.charCodeAt(0), reading);
  const characters: string[] = [];
  const at: number[] = [];
  for (let here = start; here < end; here += 1) {
    at.push(here);
    const character = text.charAt(here);
    if (character === "\\" && escapes && here + 1 < end) {
      here += 1;
      const next = text.charAt(here);
      characters.push(escaped[next] ?? next);
    } else {
      if (character === quote && text.charAt(here + 1) === quote) here += 1;
      characters.push(character);
    }
  }
  at.push(end);
  return { text: characters.join(""), at };
}
