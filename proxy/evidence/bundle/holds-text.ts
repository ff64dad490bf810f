/** Whether a value holds a text, in the ways in which statements and results write it. */

/** A text that is looked for, whatever its case. */
export class WantedText {
  /** Characters of it. */
  readonly length: number;
  readonly #plain: string;
  readonly #hex: readonly string[];
  readonly #bytes: readonly Buffer[];

  constructor(text: string) {
    this.#plain = folded(text);
    this.length = text.length;
    const utf16 = Buffer.from(text, "utf16le");
    this.#bytes = [Buffer.from(text, "utf8"), utf16, Buffer.from(utf16).swap16(), Buffer.from(text, "latin1")];
    this.#hex = this.#bytes.map((bytes) => bytes.toString("hex"));
  }

  /** In a text as it is, with its escapes undone, or as hexadecimal digits. */
  in(text: string): boolean {
    const plain = folded(text);
    if (plain.includes(this.#plain)) return true;
    if ((plain.includes("\\") || plain.includes("''") || plain.includes('""')) && unescaped(plain).includes(this.#plain)) return true;
    return this.#hex.some((digits) => plain.includes(digits));
  }

  /** Whether it begins in one piece of a text and ends in the next. */
  liesAcross(before: string, after: string): boolean {
    const most = this.length - 1;
    return folded(before.slice(-most) + after.slice(0, most)).includes(this.#plain);
  }

  /** Anywhere in a value: the texts and bytes in it, and the names of its members. */
  within(value: unknown): boolean {
    if (typeof value === "string") return this.in(value);
    if (typeof value === "number") return this.in(String(value));
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some((each) => this.within(each));
    return Object.entries(value).some(([name, each]) => this.in(name) || this.within(each) || (name === "base64" && this.#inBytes(each)));
  }

  #inBytes(base64: unknown): boolean {
    if (typeof base64 !== "string") return false;
    const bytes = Buffer.from(base64, "base64");
    return this.#bytes.some((wanted) => bytes.includes(wanted)) || this.in(bytes.toString("latin1"));
  }
}

function folded(text: string): string {
  return text.toLowerCase();
}

function unescaped(text: string): string {
  return text.replace(/\\(.)|''|""/gs, (pair: string, character: string | undefined) => character ?? pair.charAt(0));
}
