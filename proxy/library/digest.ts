/**
 * Digests of statements as MySQL's STATEMENT_DIGEST_TEXT() makes them (sql/sql_digest.cc): one text for all statements of
 * the same form. Where ours differs is written in README.md beside this file.
 */
import { hash } from "node:crypto";
import { isIntroducer, keywordSpelling } from "../sql/keywords.ts";
import { SqlLexer } from "../sql/lexer.ts";

/** A statement's form, and SHA-256 of it in hexadecimal. */
export interface Digest {
  readonly text: string;
  readonly hash: string;
}

/** Characters of a statement that its digest is made of, and longest digest text; longer ones end with `...`. */
const digestedCharacters = 65_536;
const maxDigestCharacters = 16_384;

const value = "?";
const values = "?, ...";
const row = "(?)";
const rows = "(?) /* , ... */";
const wideRow = "(...)";
const wideRows = "(...) /* , ... */";

/** Behind these a sign belongs to the number that follows: the tokens that the server marks as starting an expression. */
const expressionStarts = new Set(
  `( , EVERY AT STARTS ENDS DEFAULT RETURN IF ELSEIF CASE WHEN WHILE UNTIL SELECT OR || XOR AND && NOT BETWEEN LIKE RLIKE
   | & << >> + - INTERVAL * / % DIV MOD ^ = <=> >= > <= < != := THEN ELSE ESCAPE ! ~ BINARY LIMIT`.split(/\s+/),
);

/** Behind these NULL is a value, beyond the starts of an expression. */
const nullStarts = new Set(["WHERE", "HAVING", "ON", "BY", "RETURN", "USING", "SET", "DO", "->", "->>"]);

/** Words of hints that name a strategy. */
const hintStrategies = new Set(["DUPSWEEDOUT", "FIRSTMATCH", "LOOSESCAN", "MATERIALIZATION"]);

/** The digest of one statement's text. */
export function digestOf(sql: string): Digest {
  const text = digestText(sql);
  return { text, hash: hash("sha256", text) };
}

/** The normalised text of one statement. */
export function digestText(sql: string): string {
  const form = new StatementForm();
  const lexer = new SqlLexer(sql.length > digestedCharacters ? sql.slice(0, digestedCharacters) : sql);
  let inHint = false;
  while (lexer.next() !== "end") {
    if (lexer.kind === "hint" || lexer.kind === "hint-end") inHint = lexer.kind === "hint";
    addToken(form, lexer, inHint);
  }
  return form.text();
}

function addToken(form: StatementForm, lexer: SqlLexer, inHint: boolean): void {
  switch (lexer.kind) {
    case "number":
      form.number();
      return;
    case "string":
    case "parameter":
    case "host":
      form.value();
      return;
    case "name":
      form.name(lexer.slice().slice(1, -1).replaceAll("``", "`"));
      return;
    case "word":
      addWord(form, lexer, inHint);
      return;
    case "operator":
      form.operator(lexer.slice());
      return;
    case "hint":
    case "hint-end":
      form.token(lexer.slice());
      return;
    case "end":
      return;
    default:
      lexer.kind satisfies never;
  }
}

function addWord(form: StatementForm, lexer: SqlLexer, inHint: boolean): void {
  const word = lexer.slice();
  const followed = lexer.text.charCodeAt(lexer.end);
  const qualifies = followed === 0x2e && /[\p{L}\p{N}_$]/u.test(lexer.text[lexer.end + 1] ?? "");
  if (form.endsWithDot || (qualifies && !form.endsWithSystemVariable)) {
    form.name(word);
  } else if (inHint) {
    addHintWord(form, lexer);
  } else if (word.startsWith("_") && isIntroducer(word.toLowerCase())) {
    form.token("(_charset)");
  } else {
    const keyword = keywordSpelling(word.toUpperCase(), lexer.parenthesisFollows());
    if (keyword === null) form.name(word);
    else if (keyword === "NULL") form.null();
    else form.token(keyword);
  }
}

/** Within a hint, what is in front of a parenthesis is a hint's name, and few other words are more than names of the user's. */
function addHintWord(form: StatementForm, lexer: SqlLexer): void {
  const word = lexer.slice();
  if (/^\d/.test(word)) form.value();
  else if (lexer.parenthesisFollows() || hintStrategies.has(word.toUpperCase())) form.token(word.toUpperCase());
  else form.name(word);
}

/** Tokens of a statement as they are printed, reduced while they are added. */
class StatementForm {
  readonly #tokens: string[] = [];
  /** Reductions do not look past the last name. */
  #sinceName = 0;

  get endsWithDot(): boolean {
    return this.#peek(1) === ".";
  }

  get endsWithSystemVariable(): boolean {
    return this.#peek(1) === "@@";
  }

  name(name: string): void {
    this.#tokens.push(`\`${name}\``);
    this.#sinceName = this.#tokens.length;
  }

  token(token: string): void {
    this.#tokens.push(token);
  }

  operator(operator: string): void {
    if (operator === ")") this.#closeParenthesis();
    else this.#tokens.push(operator === "<>" ? "!=" : operator);
  }

  number(): void {
    while ((this.#peek(1) === "-" || this.#peek(1) === "+") && expressionStarts.has(this.#peek(2))) this.#tokens.pop();
    this.value();
  }

  value(): void {
    const list = this.#peek(1) === "," && (this.#peek(2) === value || this.#peek(2) === values);
    if (list) this.#tokens.splice(-2);
    this.#tokens.push(list ? values : value);
  }

  /** NULL is a value where an expression is expected, and a word in `IS NULL` and in definitions of columns. */
  null(): void {
    const negated = this.#peek(1) === "NOT";
    const before = this.#peek(negated ? 2 : 1);
    const starts = expressionStarts.has(before) || nullStarts.has(before) || (!negated && this.#tokens.length === 0);
    if (starts) this.value();
    else this.#tokens.push("NULL");
  }

  /** The text; a semicolon at the end is not part of it. */
  text(): string {
    while (this.#tokens.at(-1) === ";") this.#tokens.pop();
    let text = "";
    let spaced = false;
    for (const token of this.#tokens) {
      text += spaced ? ` ${token}` : token;
      spaced = token !== "@" && token !== "@@";
      if (text.length > maxDigestCharacters) return `${text.slice(0, maxDigestCharacters)}...`;
    }
    return text;
  }

  #closeParenthesis(): void {
    const inner = this.#peek(1);
    if (this.#peek(2) !== "(" || (inner !== value && inner !== values)) {
      this.#tokens.push(")");
      return;
    }
    if (this.#peek(3) === "IN") {
      this.#tokens.splice(-3, 3, "IN (...)");
      return;
    }
    this.#tokens.splice(-2);
    const [one, many] = inner === value ? [row, rows] : [wideRow, wideRows];
    const list = this.#peek(1) === "," && (this.#peek(2) === one || this.#peek(2) === many);
    if (list) this.#tokens.splice(-2);
    this.#tokens.push(list ? many : one);
  }

  #peek(back: number): string {
    const at = this.#tokens.length - back;
    return at < this.#sinceName ? "" : (this.#tokens[at] ?? "");
  }
}
