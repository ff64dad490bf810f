/** What kind of statement it is, by its first words. */
import { MysqlError, notSupported } from "./mysql-error.ts";
import { areWords, isSymbol, isWord, type Token } from "./sql-tokens.ts";
import { alterTable, createTable } from "./table-statements.ts";

export type StatementKind =
  | "read"
  | "write"
  | "show"
  | "describe"
  | "explain"
  | "use"
  | "set"
  | "start"
  | "commit"
  | "rollback"
  | "nothing"
  | "unknown";

const kinds: readonly { readonly words: string; readonly kind: StatementKind }[] = [
  { words: "SELECT", kind: "read" },
  { words: "WITH", kind: "read" },
  { words: "VALUES", kind: "read" },
  { words: "SHOW", kind: "show" },
  { words: "DESCRIBE", kind: "describe" },
  { words: "DESC", kind: "describe" },
  { words: "EXPLAIN", kind: "explain" },
  { words: "USE", kind: "use" },
  { words: "SET", kind: "set" },
  { words: "START TRANSACTION", kind: "start" },
  { words: "BEGIN", kind: "start" },
  { words: "COMMIT", kind: "commit" },
  { words: "ROLLBACK TO", kind: "write" },
  { words: "ROLLBACK", kind: "rollback" },
  { words: "FLUSH", kind: "nothing" },
  { words: "LOCK TABLES", kind: "nothing" },
  { words: "UNLOCK TABLES", kind: "nothing" },
  { words: "DO", kind: "nothing" },
  ...["INSERT", "REPLACE", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRUNCATE", "SAVEPOINT", "RELEASE"].map((words) => {
    return { words, kind: "write" as const };
  }),
];

const unsupported = [
  "CALL",
  "LOAD",
  "GRANT",
  "REVOKE",
  "KILL",
  "HANDLER",
  "ANALYZE",
  "OPTIMIZE",
  "CHECK",
  "PREPARE",
  "EXECUTE",
  "DEALLOCATE",
  "RENAME",
  "XA",
];
const tableChanges = ["CREATE", "ALTER", "DROP", "TRUNCATE"];
const creatable = ["TABLE", "TEMPORARY", "INDEX", "UNIQUE", "VIEW"];

/** The statement's kind. Throws `MysqlError` 1235 for one that MySQL knows and the training database does not. */
export function statementKind(tokens: readonly Token[]): StatementKind {
  const first = isSymbol(tokens[0], "(") ? tokens.slice(tokens.findIndex((token) => !isSymbol(token, "("))) : tokens;
  const found = kinds.find(({ words }) => areWords(first, 0, words));
  if (found) return found.kind;
  const word = unsupported.find((it) => isWord(first[0], it));
  if (word !== undefined) throw notSupported(word);
  return "unknown";
}

/** Whether the statement changes the schema, and so commits by itself. */
export function changesTables(tokens: readonly Token[]): boolean {
  return tableChanges.some((word) => isWord(tokens[0], word));
}

/** The statement's tokens as far as SQLite can take them; the dialect's small differences remain. */
export function dialectTokens(tokens: readonly Token[]): readonly Token[] {
  if (isWord(tokens[0], "TRUNCATE")) {
    const table = tokens.slice(isWord(tokens[1], "TABLE") ? 2 : 1);
    return [word("DELETE"), word("FROM"), ...table];
  }
  if (
    areWords(tokens, 0, "CREATE DATABASE") ||
    areWords(tokens, 0, "CREATE SCHEMA") ||
    areWords(tokens, 0, "DROP DATABASE") ||
    areWords(tokens, 0, "DROP SCHEMA")
  ) {
    throw new MysqlError(1044, "42000", "Access denied: the training database has one schema, which stays");
  }
  if (isWord(tokens[0], "CREATE") && !creatable.some((it) => isWord(tokens[1], it))) throw notSupported(`CREATE ${tokens[1]?.text ?? ""}`);
  if (areWords(tokens, 0, "CREATE TABLE") || areWords(tokens, 0, "CREATE TEMPORARY TABLE")) return createTable(tokens);
  if (areWords(tokens, 0, "ALTER TABLE")) return alterTable(tokens);
  const onTable = areWords(tokens, 0, "DROP INDEX") ? tokens.findIndex((token) => isWord(token, "ON")) : -1;
  return onTable < 0 ? tokens : tokens.slice(0, onTable);
}

function word(text: string): Token {
  return { kind: "word", text, value: text, start: Number.POSITIVE_INFINITY, end: 0 };
}
