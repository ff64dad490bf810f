/** Splits MySQL's SQL into tokens: https://dev.mysql.com/doc/refman/8.4/en/language-structure.html */

export type TokenKind = "word" | "name" | "string" | "number" | "bytes" | "parameter" | "variable" | "symbol";

/** A token. `text` is as written; `value` is what it means (a name or a string without its quotes and escapes). */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const patterns: readonly { readonly kind: TokenKind | "skipped"; readonly pattern: RegExp }[] = [
  { kind: "skipped", pattern: /\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*!\d*|\/\*\+?(?!!)[\s\S]*?(?:\*\/|$)|\*\//y },
  { kind: "bytes", pattern: /[xX]'(?:[0-9a-fA-F]{2})*'|0x(?:[0-9a-fA-F]{2})+\b/y },
  { kind: "number", pattern: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$])/y },
  { kind: "variable", pattern: /@@?(?:`[^`]*`|[\w$.]*)/y },
  { kind: "name", pattern: /`(?:[^`]|``)*`/y },
  { kind: "string", pattern: /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/y },
  { kind: "word", pattern: /[\p{L}\p{N}_$]+/uy },
  { kind: "parameter", pattern: /\?/y },
  { kind: "symbol", pattern: /<=>|<>|!=|<=|>=|:=|&&|\|\||<<|>>|->>|->|[\s\S]/y },
];

const escapes: { readonly [letter: string]: string } = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\x1a" };

/** All tokens of `sql`. Never fails: what no rule knows becomes a one-character symbol. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const found = tokenAt(sql, at);
    at = found.end;
    if (found.kind !== "skipped") tokens.push({ ...found, kind: found.kind });
  }
  return tokens;
}

function tokenAt(sql: string, at: number): Omit<Token, "kind"> & { kind: TokenKind | "skipped" } {
  for (const { kind, pattern } of patterns) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined && text !== "") return { kind, text, value: meaning(kind, text), start: at, end: at + text.length };
  }
  throw new Error(`No rule took the character at ${at}; the last rule takes any.`);
}

function meaning(kind: TokenKind | "skipped", text: string): string {
  if (kind === "name") return text.slice(1, -1).replaceAll("``", "`");
  if (kind !== "string") return text;
  const quote = text.charAt(0);
  return text
    .slice(1, -1)
    .replaceAll(/\\([\s\S])|''|""/g, (pair, letter?: string) =>
      letter === undefined
        ? pair.charAt(0) === quote
          ? quote
          : pair
        : (escapes[letter] ?? (letter === "%" || letter === "_" ? pair : letter)),
    );
}

/** Whether the token is the keyword given, in any case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.value.toUpperCase() === word;
}

/** Whether the tokens from `at` on are the keywords given, separated by spaces. */
export function areWords(tokens: readonly Token[], at: number, words: string): boolean {
  return words.split(" ").every((word, index) => isWord(tokens[at + index], word));
}

/** Whether the token is the symbol given. */
export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.text === symbol;
}

/** The statements of a text: its tokens divided at each `;`, empty ones left out. */
export function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (isSymbol(token, ";")) statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

/** Index of the parenthesis that closes the one at `open`; the last index where none does. */
export function closingParenthesis(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (isSymbol(tokens[at], "(")) depth += 1;
    if (isSymbol(tokens[at], ")")) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}
