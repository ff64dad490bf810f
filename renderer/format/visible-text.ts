/** A piece of text; `escaped` where it stands for a character that would not be seen, or would move what stands around it. */
export interface TextPiece {
  readonly text: string;
  readonly escaped: boolean;
}

/**
 * Control characters, line separators, and characters that are invisible or change the direction of text
 * (Unicode's `Cf`, which holds all bidirectional controls), lone surrogates, and unassigned noncharacters. The joiner
 * between two pictures of one emoji is no such: it shows.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseenButJoiner = /[[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Cf}\p{Cs}\ufffe\uffff]--\u200d]/v;
const strayJoiner = /(?<!\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d|\u200d(?!\p{Extended_Pictographic})/v;
const unseen = new RegExp(`${unseenButJoiner.source}|${strayJoiner.source}`, "gv");
const unseenOnce = new RegExp(unseen.source, "v");

const signs: ReadonlyMap<string, string> = new Map([
  ["\n", "↵"],
  ["\r", "␍"],
  ["\t", "⇥"],
]);

function escapeOf(character: string): string {
  const sign = signs.get(character);
  if (sign !== undefined) return sign;
  const code = character.codePointAt(0) ?? 0;
  return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}

/** `text` in pieces in which every character can be seen and none changes the order of the others. */
export function visiblePieces(text: string): readonly TextPiece[] {
  if (!unseenOnce.test(text)) return text === "" ? [] : [{ text, escaped: false }];
  const pieces: TextPiece[] = [];
  let done = 0;
  for (const match of text.matchAll(unseen)) {
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), escaped: false });
    pieces.push({ text: escapeOf(match[0]), escaped: true });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), escaped: false });
  return pieces;
}

/** The same as one string, for places that take no markup (titles, labels). */
export function visibleText(text: string): string {
  return unseenOnce.test(text) ? text.replace(unseen, escapeOf) : text;
}
