/** Text of anybody, as it may stand in the report. */

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Text for HTML. Characters that are not seen, or that turn the direction of what is around them, are shown as `\u` and four
 * digits: the report shows what was sent, not what it makes of a page. Line breaks and tabs are kept.
 */
export function htmlText(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, (character) =>
      character === "\n" || character === "\t" ? character : `<span class="code">${codeOf(character)}</span>`,
    );
}

/** A table of facts: names, and values in HTML. What is `null` is left out. */
export function factTable(facts: readonly (readonly [string, string | null])[]): string {
  const rows = facts.map(([name, value]) => (value === null ? "" : `<tr><th scope="row">${htmlText(name)}</th><td>${value}</td></tr>\n`));
  return `<table class="facts">\n${rows.join("")}</table>\n`;
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** `1 row`, `2 rows`. */
export function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}
