/**
 * Recorded text as it may be shown on a terminal: control characters, which move the cursor and change what stands
 * already, and those that turn the direction of writing, as `\u` and four digits. Inside of JSON the meaning stays.
 */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
