/** MySQL's dialect to SQLite's, token by token: what the workload and a curious person at a prompt write. */
import { areWords, closingParenthesis, isSymbol, isWord, type Token } from "./sql-tokens.ts";

/** Gives SQLite's literal for a variable (`@@name` or `@name`), text as written. */
export type VariableLiteral = (text: string) => string;

export interface Dialect {
  readonly schema: string;
  readonly variable: VariableLiteral;
}

interface Replacement {
  readonly sql: string;
  /** How many tokens it stands for. */
  readonly tokens: number;
}

type Rule = (tokens: readonly Token[], at: number, dialect: Dialect) => Replacement | null;

const units = new Set(["MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]);

/** Keywords and operators that have one equivalent. */
const equivalents: readonly { readonly words: string; readonly sql: string }[] = [
  { words: "INSERT IGNORE", sql: "INSERT OR IGNORE" },
  { words: "ON DUPLICATE KEY UPDATE", sql: "ON CONFLICT DO UPDATE SET" },
  { words: "LOCK IN SHARE MODE", sql: "" },
  { words: "FOR UPDATE SKIP LOCKED", sql: "" },
  { words: "FOR UPDATE NOWAIT", sql: "" },
  { words: "FOR UPDATE", sql: "" },
  { words: "FOR SHARE", sql: "" },
  { words: "SQL_CALC_FOUND_ROWS", sql: "" },
  { words: "SQL_NO_CACHE", sql: "" },
  { words: "STRAIGHT_JOIN", sql: "CROSS JOIN" },
  { words: "FROM DUAL", sql: "" },
  { words: "DIV", sql: "/" },
  { words: "MOD", sql: "%" },
  { words: "RLIKE", sql: "REGEXP" },
  { words: "SEPARATOR", sql: "," },
  { words: "CURRENT_TIMESTAMP", sql: "NOW" },
];

const operators: { readonly [symbol: string]: string } = { "<=>": "IS", "&&": "AND", "||": "OR", ":=": "=" };

const byEquivalent: Rule = (tokens, at) => {
  const found = equivalents.find(({ words }) => areWords(tokens, at, words));
  if (!found) return null;
  const count = found.words.split(" ").length;
  const calls = isSymbol(tokens[at + count], "(");
  if (calls && (found.words === "MOD" || found.words === "SEPARATOR")) return null;
  if (found.sql === "NOW" && !calls) return { sql: "NOW()", tokens: 1 };
  return { sql: found.sql, tokens: count };
};

/** `VALUES(column)` behind `ON DUPLICATE KEY UPDATE` is the row that could not be inserted. */
const byExcluded: Rule = (tokens, at) => {
  if (!isWord(tokens[at], "VALUES") || !isSymbol(tokens[at + 1], "(") || !isSymbol(tokens[at + 3], ")")) return null;
  const behindUpdate = tokens.slice(0, at).some((_, index) => areWords(tokens, index, "DUPLICATE KEY UPDATE"));
  return behindUpdate ? { sql: `excluded.${tokens[at + 2]?.text ?? ""}`, tokens: 4 } : null;
};

/** `INTERVAL n UNIT` becomes one text that the date functions understand; before it, `+` and `-` become such a function. */
const byInterval: Rule = (tokens, at, dialect) => {
  if (!isWord(tokens[at], "INTERVAL")) return null;
  const unitAt = tokens.findIndex((token, index) => index > at + 1 && token.kind === "word" && units.has(token.value.toUpperCase()));
  if (unitAt < 0) return null;
  const amount = translated(tokens.slice(at + 1, unitAt), dialect);
  return { sql: `((${amount}) || ' ${tokens[unitAt]?.value.toUpperCase()}')`, tokens: unitAt - at + 1 };
};

/** `NOW() - INTERVAL 7 DAY`: a call or a column, then the sign, then the interval. */
const byDateArithmetic: Rule = (tokens, at, dialect) => {
  if (tokens[at]?.kind !== "word" && tokens[at]?.kind !== "name") return null;
  let end = at + 1;
  while (isSymbol(tokens[end], ".")) end += 2;
  if (isSymbol(tokens[end], "(")) end = closingParenthesis(tokens, end) + 1;
  const minus = isSymbol(tokens[end], "-");
  if ((!minus && !isSymbol(tokens[end], "+")) || !isWord(tokens[end + 1], "INTERVAL")) return null;
  const interval = byInterval(tokens, end + 1, dialect);
  if (!interval) return null;
  const operand = translated(tokens.slice(at, end), dialect);
  return { sql: `${minus ? "date_sub" : "date_add"}(${operand}, ${interval.sql})`, tokens: end + 1 + interval.tokens - at };
};

/** The training database's own schema is SQLite's main one, and needs no naming. */
const bySchema: Rule = (tokens, at, { schema }) => {
  const token = tokens[at];
  const named = (token?.kind === "word" || token?.kind === "name") && token.value.toLowerCase() === schema.toLowerCase();
  return named && isSymbol(tokens[at + 1], ".") ? { sql: "", tokens: 2 } : null;
};

/** `ENUM('a','b')` and `SET('a')` as a column's type: quoted, for SQLite takes no text in a type. */
const byEnumType: Rule = (tokens, at) => {
  if ((!isWord(tokens[at], "ENUM") && !isWord(tokens[at], "SET")) || !isSymbol(tokens[at + 1], "(")) return null;
  const end = closingParenthesis(tokens, at + 1);
  const values = tokens.slice(at + 2, end).map((token) => (token.kind === "string" ? quoted(token.value) : token.text));
  return { sql: `"${tokens[at]?.value.toUpperCase()}(${values.join("").replaceAll('"', '""')})"`, tokens: end - at + 1 };
};

const rules: readonly Rule[] = [byDateArithmetic, byInterval, byExcluded, byEquivalent, bySchema, byEnumType];

/** SQLite's statement for MySQL's, given as tokens. */
export function translated(tokens: readonly Token[], dialect: Dialect): string {
  const parts: string[] = [];
  let previousEnd: number | null = null;
  for (let at = 0; at < tokens.length; ) {
    const first = tokens[at];
    if (first === undefined) break;
    const rule = rules.map((it) => it(tokens, at, dialect)).find((it) => it !== null);
    const taken = rule?.tokens ?? 1;
    if (previousEnd !== null && first.start > previousEnd) parts.push(" ");
    parts.push(rule ? rule.sql : asSqlite(first, dialect));
    previousEnd = tokens[Math.min(at + taken, tokens.length) - 1]?.end ?? first.end;
    at += taken;
  }
  return parts.join("").trim();
}

/** Words that name things freely in MySQL and not in SQLite. */
const reservedInSqlite = new Set(["COMMIT", "NOTHING", "NOTNULL", "TRANSACTION"]);

function asSqlite(token: Token, dialect: Dialect): string {
  if (token.kind === "word" && reservedInSqlite.has(token.value.toUpperCase())) return `\`${token.value}\``;
  if (token.kind === "string") return quoted(token.value);
  if (token.kind === "variable") return dialect.variable(token.text);
  if (token.kind === "bytes") return `x'${token.text.replace(/^0x/, "").replaceAll(/[xX']/g, "")}'`;
  if (token.kind === "symbol") return operators[token.text] ?? token.text;
  return token.text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
