import { type SqlToken, sqlTokens } from "./sql-tokens.ts";

const clauses = new Set(
  "SELECT FROM WHERE HAVING LIMIT VALUES SET UNION EXCEPT INTERSECT RETURNING WINDOW GROUP ORDER INSERT UPDATE DELETE WITH".split(" "),
);
const joins = new Set("JOIN LEFT RIGHT INNER CROSS NATURAL STRAIGHT_JOIN".split(" "));
const afterJoinWord = new Set("JOIN OUTER INNER LEFT RIGHT".split(" "));
const tight = new Set([".", ",", ")", ";"]);

/**
 * SQL with other line breaks and spaces: one clause per line, two spaces per level. Only white space between tokens
 * changes; tokens, their case and their order stay as recorded. A reader's aid, always shown as such.
 */
export function layOutSql(sql: string): string {
  const tokens = sqlTokens(sql).filter((token) => token.kind !== "space");
  const layout = new Layout();
  tokens.forEach((token, place) => {
    layout.add(token, tokens[place - 1] ?? null, tokens[place + 1] ?? null);
  });
  return layout.text;
}

class Layout {
  #text = "";
  #lineStart = true;
  /** One entry per open parenthesis: whether it holds a query (and its lines are indented) or a list (kept on its line). */
  readonly #open: { readonly query: boolean }[] = [];
  /** Whether the clause at each level is one whose commas end lines. */
  #between = false;

  get text(): string {
    return this.#text;
  }

  add(token: SqlToken, before: SqlToken | null, after: SqlToken | null): void {
    const word = token.text.toUpperCase();
    if (token.text === ")" && this.#open.pop()?.query) this.#newLine(0);
    if (token.kind === "keyword") this.#breakBefore(word, before, after);
    this.#space(token, before);
    this.#write(token.text);
    this.#after(token, word, after);
  }

  #breakBefore(word: string, before: SqlToken | null, after: SqlToken | null): void {
    const previous = before?.text.toUpperCase() ?? "";
    const inList = this.#open.at(-1)?.query === false;
    if (inList || before === null) return;
    if (clauses.has(word) && !isOtherMeaning(word, previous, after)) this.#newLine(0);
    else if (joins.has(word) && !afterJoinWord.has(previous) && after?.text !== "(") this.#newLine(0);
    else if ((word === "AND" && !this.#between) || word === "OR") this.#newLine(1);
    if (word === "BETWEEN") this.#between = true;
    else if (word === "AND") this.#between = false;
  }

  #space(token: SqlToken, before: SqlToken | null): void {
    if (this.#lineStart || before === null || tight.has(token.text)) return;
    if (before.text === "." || before.text === "(") return;
    const isCall = token.text === "(" && before.kind === "word";
    if (!isCall) this.#text += " ";
  }

  #write(text: string): void {
    this.#text += text;
    this.#lineStart = false;
  }

  #after(token: SqlToken, word: string, after: SqlToken | null): void {
    if (token.text === "(") {
      const query = after !== null && ["SELECT", "WITH"].includes(after.text.toUpperCase());
      this.#open.push({ query });
      if (query) this.#newLine(0);
    } else if (token.text === "," && this.#open.at(-1)?.query !== false) {
      this.#newLine(1);
    } else if (token.kind === "comment" && (!word.startsWith("/*") || word.includes("\n"))) {
      this.#newLine(0);
    } else if (token.text === ";" && after !== null) {
      this.#text += "\n";
      this.#newLine(0);
    }
  }

  #newLine(extra: number): void {
    if (this.#lineStart && this.#text === "") return;
    const depth = this.#open.filter((level) => level.query).length + extra;
    this.#text = `${this.#text.replace(/ +$/, "").replace(/\n *$/, "")}\n${"  ".repeat(depth)}`;
    this.#lineStart = true;
  }
}

/** `SET` of `CHARACTER SET`, `UPDATE` of `FOR UPDATE` and `ON DUPLICATE KEY UPDATE`, `VALUES(column)` and the like start no clause. */
function isOtherMeaning(word: string, previous: string, after: SqlToken | null): boolean {
  if (word === "SET") return previous === "CHARACTER";
  if (word === "UPDATE" || word === "DELETE") return ["FOR", "KEY", "ON"].includes(previous);
  if (word === "VALUES") return previous === "=" || previous === "(";
  if (word === "SELECT") return previous === "(" || previous === "EXPLAIN";
  if (word === "INSERT" || word === "LEFT") return after?.text === "(";
  if (word === "WITH") return ["GROUP", "ROLLUP"].includes(after?.text.toUpperCase() ?? "") || previous === "START";
  if (word === "FROM") return previous === "DELETE";
  return false;
}
