/** How text becomes the tokens that words are compared with: the same for the library's full-text index and for single rows. */

/** Characters of a statement's text that words and regular expressions look at. */
export const searchedCharacters = 65_536;

const ascii = /^[\0-\x7f]*$/;
const separators = /[^\p{L}\p{M}\p{N}\p{Co}\0-\x7f]+/gu;
const token = /[0-9a-z\u0080-\u{10ffff}]+/gu;

/**
 * Text in the form that is indexed: lower case, composed (NFC), and with every character beyond ASCII that is neither a
 * letter, a mark nor a digit turned into a space. What is left beyond ASCII is part of a token; within ASCII, letters and
 * digits are, which is how SQLite's `ascii` tokenizer cuts. So `order_items` is two tokens, and `naïve` is one.
 */
export function foldText(text: string): string {
  const searched = text.length > searchedCharacters ? text.slice(0, searchedCharacters) : text;
  if (ascii.test(searched)) return searched;
  return searched.normalize("NFC").toLowerCase().replace(separators, " ");
}

/** The tokens of a text in order. */
export function tokensOf(text: string): string[] {
  return foldText(text).toLowerCase().match(token) ?? [];
}

/** Whether `wanted` occur in `tokens` one after the other; with `prefix` the last may be the beginning of a token. */
export function hasTokens(tokens: readonly string[], wanted: readonly string[], prefix: boolean): boolean {
  const last = wanted.length - 1;
  for (let start = 0; start + wanted.length <= tokens.length; start += 1) {
    const matches = wanted.every((word, at) => {
      const found = tokens[start + at] ?? "";
      return at === last && prefix ? found.startsWith(word) : found === word;
    });
    if (matches) return true;
  }
  return false;
}
