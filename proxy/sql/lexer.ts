/**
 * MySQL's lexer (sql/sql_lex.cc; "Language Structure" in the manual) over a whole text: comments are passed over, the
 * content of version comments is not, and nothing that can be written makes it fail: what never ends, ends with the text.
 */

/**
 * `word`: keyword or unquoted name. `name`: in backquotes. `host`: what follows an `@` without quotes. `hint`: the start
 * of an optimizer hint, whose words follow as tokens until `hint-end`.
 */
export type TokenKind = "word" | "name" | "host" | "string" | "number" | "parameter" | "operator" | "hint" | "hint-end" | "end";

/** What of a session's settings, or of the server, decides how a text is cut. */
export interface Reading {
  /** The quotes in which a backslash escapes: fewer with sql_mode's ANSI_QUOTES, none with NO_BACKSLASH_ESCAPES. */
  readonly escapes: "both" | "single" | "none";
  /** Which version comments count as SQL: those for `serverVersion`, or all, MariaDB's own among them. */
  readonly versionComments: "by-version" | "all";
}

/** How a server reads that nobody has set up otherwise. */
export const usualReading: Reading = { escapes: "both", versionComments: "by-version" };

/** The server whose version comments are taken as SQL, as the number that is written in them. */
const serverVersion = 90_700;

const longOperators = ["<=>", "->>", "<<", ">>", "<=", ">=", "<>", "!=", ":=", "&&", "||", "->", "@@"];
const beginsLongOperator = new Set(longOperators.map((operator) => operator.charAt(0)));
const hintedWords = new Set(["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE"]);

const code = {
  tab: 9,
  newline: 10,
  space: 32,
  doubleQuote: 34,
  hash: 35,
  quote: 39,
  star: 42,
  plus: 43,
  minus: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  question: 63,
  at: 64,
  backslash: 92,
  backquote: 96,
} as const;

/** Reads tokens one after the other; `kind`, `start` and `end` are of the last one read. */
export class SqlLexer {
  readonly text: string;
  kind: TokenKind = "end";
  start = 0;
  end = 0;
  /** False where the last token is a string or a name in quotes that the text's end ended. */
  terminated = true;
  readonly #reading: Reading;
  #inVersionComment = false;
  #inHint = false;
  #hintMayFollow = false;
  #after: "at" | "dot" | "other" = "other";
  #touchesName = false;

  constructor(text: string, reading: Reading = usualReading) {
    this.text = text;
    this.#reading = reading;
  }

  /** Reads the next token and gives its kind; `end` again and again at the end. */
  next(): TokenKind {
    const kind = this.#read();
    this.#hintMayFollow = kind === "word" && hintedWords.has(this.upper());
    this.#after = kind !== "operator" ? "other" : this.#is("@") ? "at" : this.#is(".") ? "dot" : "other";
    this.kind = kind;
    return kind;
  }

  /** Whether an opening parenthesis comes next, perhaps behind white space. */
  parenthesisFollows(): boolean {
    let at = this.end;
    while (isSpace(this.text.charCodeAt(at))) at += 1;
    return this.text[at] === "(";
  }

  /** The last token's text. */
  slice(): string {
    return this.text.slice(this.start, this.end);
  }

  /** The last token's text in upper case. */
  upper(): string {
    return this.slice().toUpperCase();
  }

  #is(text: string): boolean {
    return this.end - this.start === text.length && this.text.startsWith(text, this.start);
  }

  #read(): TokenKind {
    this.terminated = true;
    const before = this.end;
    const jump = this.#skip();
    this.#touchesName = this.start === before && (this.kind === "word" || this.kind === "name");
    if (jump !== null) return jump;
    const { text, start } = this;
    const first = text.charCodeAt(start);
    if (start >= text.length) return this.#token("end", 0);
    if (first === code.quote || first === code.doubleQuote) return this.#quoted("string", start);
    if (first === code.backquote) return this.#quoted("name", start);
    if (first === code.question) return this.#token("parameter", 1);
    if (this.#after === "at" && isHostPart(first)) return this.#run(this.#inHint ? "word" : "host", isHostPart);
    if (isDigit(first) && this.#after !== "dot") return this.#number();
    if (first === code.dot && isDigit(text.charCodeAt(start + 1)) && !this.#touchesName) return this.#number();
    if (isNamePart(first)) return this.#word();
    return this.#operator();
  }

  /** Passes over white space and comments; gives a token where one is found that marks a hint. */
  #skip(): TokenKind | null {
    const { text } = this;
    this.start = this.end;
    for (;;) {
      const first = text.charCodeAt(this.start);
      if (isSpace(first)) this.start += 1;
      else if (first === code.hash || (first === code.minus && this.#isDashComment())) this.start = this.#endOfLine();
      else if (first === code.star && text.charCodeAt(this.start + 1) === code.slash && (this.#inHint || this.#inVersionComment)) {
        if (this.#inHint) {
          this.#inHint = false;
          return this.#token("hint-end", 2);
        }
        this.#inVersionComment = false;
        this.start += 2;
      } else if (first === code.slash && text.charCodeAt(this.start + 1) === code.star) {
        if (this.#hintMayFollow && text.charCodeAt(this.start + 2) === code.plus) {
          this.#inHint = true;
          return this.#token("hint", 3);
        }
        this.start = this.#comment();
      } else return null;
    }
  }

  #isDashComment(): boolean {
    if (this.text.charCodeAt(this.start + 1) !== code.minus) return false;
    const third = this.text.charCodeAt(this.start + 2);
    return Number.isNaN(third) || third <= code.space;
  }

  #endOfLine(): number {
    const at = this.text.indexOf("\n", this.start);
    return at === -1 ? this.text.length : at + 1;
  }

  /** Where to go on behind the start of a comment: behind all of it, or inside a version comment that counts. */
  #comment(): number {
    const all = this.#reading.versionComments === "all";
    const version = all ? /\/\*M?!(\d{5,6})?/y : /\/\*!(\d{5,6})?/y;
    version.lastIndex = this.start;
    const found = version.exec(this.text);
    if (found !== null && (all || Number(found[1] ?? "0") <= serverVersion)) {
      this.#inVersionComment = true;
      return version.lastIndex;
    }
    const end = this.text.indexOf("*/", this.start + 2);
    return end === -1 ? this.text.length : end + 2;
  }

  #quoted(kind: "string" | "name", open: number): TokenKind {
    const { text } = this;
    const quote = text.charCodeAt(open);
    const escapes = quoteEscapes(quote, this.#reading);
    let at = open + 1;
    for (; at < text.length; at += 1) {
      const here = text.charCodeAt(at);
      if (here === code.backslash && escapes) at += 1;
      else if (here === quote) {
        if (text.charCodeAt(at + 1) !== quote) break;
        at += 1;
      }
    }
    this.terminated = at < text.length;
    this.end = Math.min(at + 1, text.length);
    return kind;
  }

  #number(): TokenKind {
    const { text, start } = this;
    let at = start;
    while (isDigit(text.charCodeAt(at))) at += 1;
    const exact = numeral(text, start, at);
    if (exact !== null) {
      this.end = exact;
      return "number";
    }
    return this.#run("word", isNamePart);
  }

  #word(): TokenKind {
    const first = this.text.charCodeAt(this.start) | 0x20;
    const opensLiteral = first === 0x6e || first === 0x78 || first === 0x62;
    if (opensLiteral && this.#after !== "dot" && this.text.charCodeAt(this.start + 1) === code.quote) {
      return this.#quoted("string", this.start + 1);
    }
    return this.#run("word", isNamePart);
  }

  #operator(): TokenKind {
    if (!beginsLongOperator.has(this.text.charAt(this.start))) return this.#token("operator", 1);
    const long = longOperators.find((operator) => this.text.startsWith(operator, this.start));
    return this.#token("operator", long?.length ?? 1);
  }

  #run(kind: TokenKind, isPart: (code: number) => boolean): TokenKind {
    let at = this.start;
    while (at < this.text.length && isPart(this.text.charCodeAt(at))) at += 1;
    this.end = at;
    return kind;
  }

  #token(kind: TokenKind, length: number): TokenKind {
    this.end = this.start + length;
    return kind;
  }
}

/** Whether a backslash escapes between quotes of this kind, given by their character code. */
export function quoteEscapes(quote: number, { escapes }: Reading): boolean {
  return quote === code.backquote ? false : quote === code.doubleQuote ? escapes === "both" : escapes !== "none";
}

/** Where a numeral ends whose digits end at `digitsEnd`; `null` where it is the start of a name such as `1a`. */
function numeral(text: string, start: number, digitsEnd: number): number | null {
  const special = /0x[0-9a-fA-F]+|0b[01]+/y;
  special.lastIndex = start;
  if (special.test(text) && !isNamePart(text.charCodeAt(special.lastIndex))) return special.lastIndex;
  const real = /\d*(?:\.\d*)?(?:e[+-]?\d+)?/iy;
  real.lastIndex = start;
  real.test(text);
  if (text.charCodeAt(digitsEnd) === code.dot) return real.lastIndex;
  return isNamePart(text.charCodeAt(real.lastIndex)) ? null : real.lastIndex;
}

function isSpace(character: number): boolean {
  return character === code.space || (character >= code.tab && character <= 13);
}

function isDigit(character: number): boolean {
  return character >= code.zero && character <= code.nine;
}

/** Letters, digits, `_`, `$` and everything beyond ASCII. */
function isNamePart(character: number): boolean {
  return (
    (character >= 0x61 && character <= 0x7a) ||
    (character >= 0x41 && character <= 0x5a) ||
    isDigit(character) ||
    character === 0x5f ||
    character === 0x24 ||
    character >= 0x80
  );
}

function isHostPart(character: number): boolean {
  return isNamePart(character) || character === code.dot;
}
