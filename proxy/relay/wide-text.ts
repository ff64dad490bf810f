/** Text of `character_set_results`, which may be UTF-16 or UTF-32, where only what is ASCII in it matters. */

/** How many bytes each character has, and at which of them the byte of an ASCII character is. */
export interface CharacterWidth {
  readonly bytes: 1 | 2 | 4;
  readonly at: number;
}

/** Narrow sets, all of which have ASCII's characters as ASCII's bytes; UTF-16 and UTF-32 of either order. */
export const characterWidths: readonly CharacterWidth[] = [
  { bytes: 1, at: 0 },
  { bytes: 2, at: 1 },
  { bytes: 2, at: 0 },
  { bytes: 4, at: 3 },
];

/** `text`, which is ASCII, in that width. */
export function widened(text: Buffer, { bytes, at }: CharacterWidth): Buffer {
  if (bytes === 1) return text;
  const wide = Buffer.alloc(text.length * bytes);
  for (const [index, byte] of text.entries()) wide[index * bytes + at] = byte;
  return wide;
}

/** The text with a byte for each character, which is one beyond ASCII for every character that is. */
export function narrowed(text: Buffer, { bytes, at }: CharacterWidth): Buffer {
  if (bytes === 1) return text;
  const narrow = Buffer.alloc(Math.floor(text.length / bytes), 0xff);
  for (let index = 0; index < narrow.length; index += 1) {
    const character = text.subarray(index * bytes, (index + 1) * bytes);
    if (character.every((byte, place) => byte === 0 || place === at)) narrow[index] = character[at] as number;
  }
  return narrow;
}
