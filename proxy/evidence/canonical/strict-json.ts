/**
 * Reads JSON that comes from anybody: what two programs could read differently is refused (RFC 8259, I-JSON of RFC 7493), as are
 * depths that could exhaust who reads it.
 */

/** `reason`: for behind "it is not JSON that can be relied on:". */
export type StrictJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

export interface StrictLimits {
  /** How deep objects and arrays may be nested. */
  readonly maxDepth: number;
}

const usualLimits: StrictLimits = { maxDepth: 32 };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Numbers of so few characters are exact, and not too large. */
const shortNumber = 15;
const number = /-?[\d.eE+-]+/y;

/**
 * Reads one JSON value and nothing behind it. Refuses bytes that are not UTF-8, members of the same name, lone surrogates,
 * integers beyond 2^53 and numbers beyond a double, and too great a depth. Never throws.
 */
export function parseStrict(json: Uint8Array | string, limits: StrictLimits = usualLimits): StrictJson {
  let text: string;
  try {
    text = typeof json === "string" ? json : utf8.decode(json);
  } catch {
    return { ok: false, reason: "it is not UTF-8" };
  }
  if (!text.isWellFormed()) return { ok: false, reason: "it has a lone surrogate" };
  const reason = new Scan(text, limits.maxDepth).problem();
  if (reason !== null) return { ok: false, reason };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (thrown) {
    return { ok: false, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Looks for what `JSON.parse` lets pass. Where the text is no JSON at all, what it finds does not matter. */
class Scan {
  readonly #text: string;
  readonly #maxDepth: number;
  /** The names so far of each open object; `null` for an open array. */
  readonly #open: (Set<string> | null)[] = [];

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  problem(): string | null {
    const text = this.#text;
    for (let at = 0; at < text.length; ) {
      const character = text.charCodeAt(at);
      if (character === 0x22) {
        const end = endOfString(text, at);
        const problem = this.#string(at, end);
        if (problem !== null) return problem;
        at = end;
      } else if (character === 0x2d || (character >= 0x30 && character <= 0x39)) {
        const end = endOfNumber(text, at);
        const problem = this.#number(at, end);
        if (problem !== null) return problem;
        at = end;
      } else {
        if (character === 0x7b || character === 0x5b) {
          if (this.#open.length >= this.#maxDepth) return `it is nested deeper than ${this.#maxDepth} at character ${at}`;
          this.#open.push(character === 0x7b ? new Set() : null);
        } else if (character === 0x7d || character === 0x5d) this.#open.pop();
        at += 1;
      }
    }
    return null;
  }

  /** A string from its opening quote to behind its closing one. */
  #string(start: number, end: number): string | null {
    const names = this.#open.at(-1) ?? null;
    const isName = names !== null && isFollowedByColon(this.#text, end);
    const escapes = hasEscape(this.#text, start, end);
    if (!isName && !escapes) return null;
    const value = escapes ? unescaped(this.#text.slice(start, end)) : this.#text.slice(start + 1, end - 1);
    if (value === null) return `a text cannot be read at character ${start}`;
    if (!value.isWellFormed()) return `a text has a lone surrogate at character ${start}`;
    if (!isName || names === null) return null;
    if (names.has(value)) return `an object has the member ${JSON.stringify(value.slice(0, 80))} twice at character ${start}`;
    names.add(value);
    return null;
  }

  #number(start: number, end: number): string | null {
    if (end - start <= shortNumber && !/[eE]/.test(this.#text.slice(start, end))) return null;
    const written = this.#text.slice(start, end);
    const read = Number(written);
    const exact = Number.isFinite(read) && (!/^-?\d+$/.test(written) || Number.isSafeInteger(read));
    return exact ? null : `a number is too large to be read exactly at character ${start}`;
  }
}

/** Behind the closing quote of the string that opens at `start`; behind the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  number.lastIndex = start;
  return number.test(text) ? number.lastIndex : start + 1;
}

function isFollowedByColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) === 0x20 || (text.charCodeAt(at) >= 0x09 && text.charCodeAt(at) <= 0x0d)) at += 1;
  return text.charCodeAt(at) === 0x3a;
}

/** Looks no further than the string: a whole line of texts without a backslash must not be searched once for each. */
function hasEscape(text: string, start: number, end: number): boolean {
  return text.slice(start, end).includes("\\");
}

function unescaped(literal: string): string | null {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}
