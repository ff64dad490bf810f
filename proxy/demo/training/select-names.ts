/** The names that MySQL gives to a query's columns: an expression without an alias is named by its own text. */
import { isSymbol, isWord, type Token } from "./sql-tokens.ts";

/**
 * For each item of the select list the name it must have, or `null` where SQLite names it the same way (a column, or
 * an alias). The whole is `null` where the items cannot be told apart from here, as with `*`.
 */
export function selectNames(tokens: readonly Token[], sql: string): (string | null)[] | null {
  if (!isWord(tokens[0], "SELECT")) return null;
  const names: (string | null)[] = [];
  let item: Token[] = [];
  let depth = 0;
  for (const token of tokens.slice(["DISTINCT", "ALL"].some((word) => isWord(tokens[1], word)) ? 2 : 1)) {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    const ends =
      depth === 0 && ["FROM", "LIMIT", "ORDER", "WHERE", "UNION", "GROUP", "HAVING", "INTO", "FOR"].some((word) => isWord(token, word));
    if (ends || (depth === 0 && isSymbol(token, ","))) {
      names.push(nameOf(item, sql));
      item = [];
      if (ends) break;
    } else {
      item.push(token);
      if (isSymbol(token, "*") && (item.length === 1 || isSymbol(item.at(-2), "."))) return null;
    }
  }
  if (item.length > 0) names.push(nameOf(item, sql));
  return names;
}

function nameOf(item: readonly Token[], sql: string): string | null {
  const first = item[0];
  const last = item.at(-1);
  if (!first || !last) return null;
  if (item.length === 1 && last.kind === "string") return last.value;
  const isColumn = item.every((token) => token.kind === "word" || token.kind === "name" || isSymbol(token, "."));
  if (isColumn && item.length % 2 === 1 && !isWord(last, "NULL") && !isWord(last, "TRUE") && !isWord(last, "FALSE")) return null;
  if (item.some((token) => isWord(token, "AS"))) return null;
  const before = item.at(-2);
  const alias = last.kind === "name" || (last.kind === "word" && !isWord(last, "END") && !isWord(last, "NULL"));
  if (alias && before && (before.kind !== "symbol" || before.text === ")")) return null;
  return sql.slice(first.start, last.end);
}
