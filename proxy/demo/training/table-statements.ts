/** `CREATE TABLE` and `ALTER TABLE` of MySQL as SQLite's statements: MySQL's table options and inline keys are unknown there. */
import { notSupported } from "./mysql-error.ts";
import { areWords, closingParenthesis, isSymbol, isWord, type Token } from "./sql-tokens.ts";

const keyWords = ["KEY", "INDEX", "FULLTEXT", "SPATIAL"] as const;

/** The tokens of a `CREATE TABLE` that SQLite can take. Plain keys are left out; they change no answer. */
export function createTable(tokens: readonly Token[]): Token[] {
  if (tokens.some((token) => isWord(token, "LIKE"))) throw notSupported("CREATE TABLE … LIKE");
  const open = tokens.findIndex((token) => isSymbol(token, "("));
  const asAt = tokens.findIndex((token) => isWord(token, "AS") || isWord(token, "SELECT"));
  if (open < 0 || (asAt >= 0 && asAt < open)) return [...tokens];
  const close = closingParenthesis(tokens, open);
  const items = itemsOf(tokens.slice(open + 1, close));
  const counted = items.some((item) => item.some((token) => isWord(token, "AUTO_INCREMENT")));
  const kept = items.map((item) => tableItem(item, counted)).filter((item) => item.length > 0);
  const body = kept.flatMap((item, index) => (index === 0 ? item : [made(","), ...item]));
  return [...tokens.slice(0, open), made("("), ...body, made(")")];
}

function tableItem(item: readonly Token[], counted: boolean): Token[] {
  if (keyWords.some((word) => isWord(item[0], word))) return [];
  if (counted && areWords(item, 0, "PRIMARY KEY")) return [];
  if (isWord(item[0], "UNIQUE")) return [made("UNIQUE"), ...item.slice(item.findIndex((token) => isSymbol(token, "(")))];
  return columnItem(item);
}

/** A column's definition: what counts itself becomes SQLite's own kind of such a column; MySQL's extras are left out. */
function columnItem(item: readonly Token[]): Token[] {
  const name = item[0];
  if (name && item.some((token) => isWord(token, "AUTO_INCREMENT")))
    return [name, ...["INTEGER", "PRIMARY", "KEY", "AUTOINCREMENT"].map(made)];
  const kept: Token[] = [];
  for (let at = 0; at < item.length; at += 1) {
    const token = item[at];
    if (isWord(token, "COMMENT") || isWord(token, "COLLATE") || isWord(token, "AFTER")) at += 1;
    else if (areWords(item, at, "CHARACTER SET")) at += 2;
    else if (areWords(item, at, "ON UPDATE CURRENT_TIMESTAMP")) at += 2;
    else if (areWords(item, at, "CURRENT_TIMESTAMP") && isSymbol(item[at + 1], "(")) {
      kept.push(made("CURRENT_TIMESTAMP"));
      at = closingParenthesis(item, at + 1);
    } else if (token && !isWord(token, "FIRST")) kept.push(token);
  }
  return kept;
}

/** The tokens of an `ALTER TABLE` that SQLite can take: one change, of the kinds that SQLite knows. */
export function alterTable(tokens: readonly Token[]): Token[] {
  const [, , table] = tokens;
  const change = tokens.slice(3);
  if (!table) return [...tokens];
  if (itemsOf(change).length > 1) throw notSupported("ALTER TABLE with several changes");
  if (isWord(change[0], "MODIFY") || isWord(change[0], "CHANGE")) throw notSupported("ALTER TABLE … MODIFY");
  const addsKey = isWord(change[0], "ADD") && (isWord(change[1], "UNIQUE") || keyWords.some((word) => isWord(change[1], word)));
  if (addsKey) return addedIndex(table, change.slice(1));
  if (areWords(change, 0, "DROP INDEX") || areWords(change, 0, "DROP KEY")) return [made("DROP"), made("INDEX"), ...change.slice(2)];
  if (isWord(change[0], "ADD")) {
    const definition = isWord(change[1], "COLUMN") ? change.slice(2) : change.slice(1);
    return [...tokens.slice(0, 3), made("ADD"), made("COLUMN"), ...columnItem(definition)];
  }
  return [...tokens];
}

function addedIndex(table: Token, change: readonly Token[]): Token[] {
  const unique = isWord(change[0], "UNIQUE");
  const open = change.findIndex((token) => isSymbol(token, "("));
  const beforeList = change.slice(0, open).filter((token) => !isWord(token, "UNIQUE") && !keyWords.some((word) => isWord(token, word)));
  const name = beforeList[0] ?? made(`${table.value}_${change[open + 1]?.value ?? "key"}`);
  return [made("CREATE"), ...(unique ? [made("UNIQUE")] : []), made("INDEX"), name, made("ON"), table, ...change.slice(open)];
}

/** The parts between commas that stand in no parenthesis. */
function itemsOf(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    if (depth === 0 && isSymbol(token, ",")) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** A token that nobody wrote; its place makes a space before it. */
function made(text: string): Token {
  return { kind: /\w/.test(text) ? "word" : "symbol", text, value: text, start: Number.POSITIVE_INFINITY, end: 0 };
}
