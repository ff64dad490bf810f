import { quoteEscapes, type Reading } from "../lexer.ts";

/** What a literal stands for. */
export interface LiteralContent {
  readonly text: string;
  /** Where the character at `index` of `text` (or the end of it) comes from in the statement. */
  offsetOf(index: number): number;
}

const escaped: { readonly [character: string]: string } = { n: "\n", r: "\r", t: "\t", 0: "\0", b: "\b", Z: "\x1a" };

/** The content of the quoted literal whose quoted characters are `text` from `start` to `end`, taken out of its quotes. */
export function literalContent(text: string, start: number, end: number, quote: string, reading: Reading): LiteralContent {
  const written = text.slice(start, end);
  const doubled = quote + quote;
  const form = quoteEscapes(quote.charCodeAt(0), reading) ? new RegExp(`\\\\[^]|${doubled}`, "g") : new RegExp(doubled, "g");
  const content = written.replace(form, (pair) => (pair === doubled ? quote : (escaped[pair.charAt(1)] ?? pair.charAt(1))));
  const offsetOf = (index: number): number => {
    let before = 0;
    for (const { index: at } of written.matchAll(form)) {
      // Each pair that lies wholly before makes two characters of one.
      if (at - before >= index) break;
      before += 1;
    }
    return start + Math.min(index + before, end - start);
  };
  return { text: content, offsetOf };
}
