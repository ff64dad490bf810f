/** `SHOW`, `DESCRIBE` and `EXPLAIN`: https://dev.mysql.com/doc/refman/8.4/en/show.html */
import type { Catalogue, CatalogueColumn } from "./catalogue.ts";
import type { SqliteValue } from "./column-shape.ts";
import { MysqlError, notSupported, syntaxError } from "./mysql-error.ts";
import { madeRows, type RowsAnswer } from "./result.ts";
import type { SessionVariables } from "./session-variables.ts";
import { areWords, isSymbol, isWord, type Token } from "./sql-tokens.ts";

/** What `SHOW` may tell about. */
export interface ShowSubject {
  readonly schema: string;
  readonly user: string;
  readonly threadId: number;
  readonly catalogue: Catalogue;
  readonly variables: SessionVariables;
  readonly lastError: MysqlError | null;
}

type Show = (subject: ShowSubject, rest: readonly Token[]) => RowsAnswer;

const shows: readonly { readonly words: string; readonly show: Show }[] = [
  { words: "DATABASES", show: ({ schema }, rest) => filtered(madeRows(["Database"], [["information_schema"], [schema]]), rest) },
  { words: "SCHEMAS", show: ({ schema }, rest) => filtered(madeRows(["Database"], [["information_schema"], [schema]]), rest) },
  { words: "FULL TABLES", show: (subject, rest) => tables(subject, rest, true) },
  { words: "TABLES", show: (subject, rest) => tables(subject, rest, false) },
  { words: "TABLE STATUS", show: tableStatus },
  { words: "CREATE TABLE", show: createTable },
  { words: "CREATE DATABASE", show: createSchema },
  { words: "CREATE SCHEMA", show: createSchema },
  { words: "FULL COLUMNS", show: columns },
  { words: "COLUMNS", show: columns },
  { words: "FULL FIELDS", show: columns },
  { words: "FIELDS", show: columns },
  { words: "INDEX", show: indexes },
  { words: "INDEXES", show: indexes },
  { words: "KEYS", show: indexes },
  { words: "VARIABLES", show: ({ variables }, rest) => filtered(madeRows(["Variable_name", "Value"], variables.all()), rest) },
  {
    words: "STATUS",
    show: (_, rest) =>
      filtered(
        madeRows(
          ["Variable_name", "Value"],
          [
            ["Threads_connected", "1"],
            ["Uptime", "1"],
          ],
        ),
        rest,
      ),
  },
  { words: "WARNINGS", show: warnings },
  { words: "ERRORS", show: warnings },
  { words: "FULL PROCESSLIST", show: processes },
  { words: "PROCESSLIST", show: processes },
  {
    words: "ENGINES",
    show: () => madeRows(["Engine", "Support", "Comment"], [["InnoDB", "DEFAULT", "SQLite behind MySQL's protocol: a training database"]]),
  },
  { words: "GRANTS", show: ({ user }) => madeRows([`Grants for ${user}@%`], [[`GRANT ALL PRIVILEGES ON *.* TO \`${user}\`@\`%\``]]) },
  {
    words: "CHARACTER SET",
    show: () =>
      madeRows(["Charset", "Description", "Default collation", "Maxlen"], [["utf8mb4", "UTF-8 Unicode", "utf8mb4_0900_ai_ci", 4n]]),
  },
  { words: "COLLATION", show: () => madeRows(["Collation", "Charset", "Id", "Default"], [["utf8mb4_0900_ai_ci", "utf8mb4", 255n, "Yes"]]) },
];

/** Answers a `SHOW`, its first word included. */
export function answerShow(subject: ShowSubject, tokens: readonly Token[], sql: string): RowsAnswer {
  const scoped = ["GLOBAL", "SESSION", "EXTENDED"].some((word) => isWord(tokens[1], word)) ? 2 : 1;
  const found = shows.find(({ words }) => areWords(tokens, scoped, words));
  if (found) return found.show(subject, tokens.slice(scoped + found.words.split(" ").length));
  const next = tokens[scoped];
  if (
    next?.kind === "word" &&
    /^(BINARY|BINLOG|ENGINE|EVENTS|FUNCTION|MASTER|OPEN|PLUGINS|PRIVILEGES|PROCEDURE|PROFILE|REPLICA|SLAVE|TRIGGERS)$/i.test(next.text)
  ) {
    throw notSupported(`SHOW ${next.text.toUpperCase()}`);
  }
  throw syntaxError(next === undefined ? "" : sql.slice(next.start));
}

/** `DESCRIBE table`. */
export function answerDescribe(subject: ShowSubject, tokens: readonly Token[]): RowsAnswer {
  return columns(subject, tokens);
}

/** `EXPLAIN` of a query, from the lines of SQLite's own plan. */
export function answerExplain(plan: readonly string[]): RowsAnswer {
  const names = ["id", "select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref", "rows", "filtered", "Extra"];
  const rows = plan.map((detail): SqliteValue[] => {
    const [, verb = "", table = null] = /^(SCAN|SEARCH) (\S+)/.exec(detail) ?? [];
    const key = /USING (?:COVERING )?INDEX (\S+)/.exec(detail)?.[1] ?? (detail.includes("PRIMARY KEY") ? "PRIMARY" : null);
    const type = verb === "SEARCH" ? (key === "PRIMARY" ? "eq_ref" : "ref") : verb === "SCAN" ? (key === null ? "ALL" : "index") : null;
    return [1n, "SIMPLE", table, null, type, key, key, null, null, null, null, detail];
  });
  return madeRows(names, rows);
}

function tables({ schema, catalogue }: ShowSubject, rest: readonly Token[], full: boolean): RowsAnswer {
  const named = isWord(rest[0], "FROM") || isWord(rest[0], "IN") ? rest[1]?.value : undefined;
  if (named !== undefined && named.toLowerCase() !== schema.toLowerCase())
    throw new MysqlError(1049, "42000", `Unknown database '${named}'`);
  const names = catalogue.tables();
  const title = `Tables_in_${schema}`;
  const answer = full
    ? madeRows(
        [title, "Table_type"],
        names.map((name) => [name, "BASE TABLE"]),
      )
    : madeRows(
        [title],
        names.map((name) => [name]),
      );
  return filtered(answer, rest);
}

function tableStatus({ catalogue }: ShowSubject, rest: readonly Token[]): RowsAnswer {
  const rows = catalogue.tables().map((name): SqliteValue[] => [name, "InnoDB", catalogue.rowCount(name), "utf8mb4_0900_ai_ci", ""]);
  return filtered(madeRows(["Name", "Engine", "Rows", "Collation", "Comment"], rows), rest);
}

/** The table that tokens name, `FROM` and a schema before it left out. */
function tableNamed({ schema, catalogue }: ShowSubject, rest: readonly Token[]): string {
  const from = isWord(rest[0], "FROM") || isWord(rest[0], "IN") ? rest.slice(1) : rest;
  const name = (isSymbol(from[1], ".") ? from[2] : from[0])?.value ?? "";
  const table = catalogue.table(name);
  if (table === null) throw new MysqlError(1146, "42S02", `Table '${schema}.${name}' doesn't exist`);
  return table;
}

function columns(subject: ShowSubject, rest: readonly Token[]): RowsAnswer {
  const rows = subject.catalogue.columns(tableNamed(subject, rest)).map((column): SqliteValue[] => {
    return [
      column.name,
      column.shown,
      column.nullable ? "YES" : "NO",
      column.key,
      column.default,
      column.autoIncrement ? "auto_increment" : "",
    ];
  });
  return filtered(madeRows(["Field", "Type", "Null", "Key", "Default", "Extra"], rows), rest);
}

function indexes(subject: ShowSubject, rest: readonly Token[]): RowsAnswer {
  const table = tableNamed(subject, rest);
  const rows = subject.catalogue
    .indexes(table)
    .flatMap(({ name, unique, columns: parts }) =>
      parts.map((part, index): SqliteValue[] => [table, unique ? 0n : 1n, name, BigInt(index + 1), part, "A", "BTREE"]),
    );
  return madeRows(["Table", "Non_unique", "Key_name", "Seq_in_index", "Column_name", "Collation", "Index_type"], rows);
}

function createTable(subject: ShowSubject, rest: readonly Token[]): RowsAnswer {
  const table = tableNamed(subject, rest);
  const { catalogue } = subject;
  const lines = [
    ...catalogue.columns(table).map(columnLine),
    ...catalogue.indexes(table).map(({ name, unique, columns: parts }) => {
      const list = parts.map((part) => `\`${part}\``).join(",");
      return name === "PRIMARY" ? `  PRIMARY KEY (${list})` : `  ${unique ? "UNIQUE KEY" : "KEY"} \`${name}\` (${list})`;
    }),
    ...catalogue
      .foreignKeys(table)
      .map((key) => `  FOREIGN KEY (\`${key.column}\`) REFERENCES \`${key.target}\` (\`${key.targetColumn}\`)`),
  ];
  const text = `CREATE TABLE \`${table}\` (\n${lines.join(",\n")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`;
  return madeRows(["Table", "Create Table"], [[table, text]]);
}

function columnLine(column: CatalogueColumn): string {
  const fallback = column.default === null ? "DEFAULT NULL" : `DEFAULT ${column.default}`;
  const nullable = column.nullable ? fallback : column.default === null ? "NOT NULL" : `NOT NULL ${fallback}`;
  return `  \`${column.name}\` ${column.shown} ${nullable}${column.autoIncrement ? " AUTO_INCREMENT" : ""}`;
}

function createSchema({ schema }: ShowSubject): RowsAnswer {
  return madeRows(["Database", "Create Database"], [[schema, `CREATE DATABASE \`${schema}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */`]]);
}

function warnings({ lastError }: ShowSubject): RowsAnswer {
  return madeRows(["Level", "Code", "Message"], lastError === null ? [] : [["Error", BigInt(lastError.errno), lastError.message]]);
}

function processes({ user, threadId, schema }: ShowSubject): RowsAnswer {
  const names = ["Id", "User", "Host", "db", "Command", "Time", "State", "Info"];
  return madeRows(names, [[BigInt(threadId), user, "localhost", schema, "Query", 0n, "executing", "SHOW PROCESSLIST"]]);
}

/** Applies `LIKE 'pattern'` to the first column; `WHERE` is beyond a training database. */
function filtered(answer: RowsAnswer, rest: readonly Token[]): RowsAnswer {
  const at = rest.findIndex((token) => isWord(token, "LIKE"));
  if (rest.some((token) => isWord(token, "WHERE"))) throw notSupported("SHOW … WHERE");
  const pattern = rest[at + 1];
  if (at < 0 || pattern === undefined) return answer;
  const source = pattern.value.replaceAll(/\\?[\s\S]/g, likeCharacter);
  const like = new RegExp(`^${source}$`, "iu");
  return { ...answer, rows: answer.rows.filter((row) => like.test(String(row[0]))) };
}

function likeCharacter(character: string): string {
  if (character === "%") return "[\\s\\S]*";
  if (character === "_") return "[\\s\\S]";
  return character.replace(/^\\(?=.)/, "").replace(/[$()*+./?[\\\]^{|}-]/, "\\$&");
}
