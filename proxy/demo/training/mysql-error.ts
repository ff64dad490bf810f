/** Errors that the training database answers with, by MySQL's own numbers, states and words. */
import type { ErrPacket } from "../../protocol/err-packet.ts";

/** An error to be answered with an ERR_Packet. */
export class MysqlError extends Error implements ErrPacket {
  readonly errno: number;
  readonly sqlstate: string;

  constructor(errno: number, sqlstate: string, message: string) {
    super(message);
    this.errno = errno;
    this.sqlstate = sqlstate;
  }
}

/** 1064: `near` is the text from the first token that could not be understood. */
export function syntaxError(near: string): MysqlError {
  const manual = "check the manual that corresponds to your MySQL server version for the right syntax to use";
  return new MysqlError(1064, "42000", `You have an error in your SQL syntax; ${manual} near '${near.slice(0, 80)}' at line 1`);
}

/** 1235: a thing that MySQL can do and the training database cannot. */
export function notSupported(what: string): MysqlError {
  return new MysqlError(1235, "42000", `This version of MySQL doesn't yet support '${what}' (the training database is small)`);
}

type Mapping = { readonly pattern: RegExp; readonly error: (found: RegExpExecArray, schema: string, sql: string) => MysqlError };

const mappings: readonly Mapping[] = [
  {
    pattern: /^no such table: (?:main\.)?(.+)$/,
    error: ([, table = ""], schema, sql) => {
      const full = table.includes(".") ? table : `${schema}.${table}`;
      return /^\s*drop/i.test(sql)
        ? new MysqlError(1051, "42S02", `Unknown table '${full}'`)
        : new MysqlError(1146, "42S02", `Table '${full}' doesn't exist`);
    },
  },
  { pattern: /^no such (?:column|index): (.+)$/, error: ([, name = ""], _, sql) => unknownColumn(name, sql) },
  { pattern: /^table \S+ has no column named (.+)$/, error: ([, name = ""], _, sql) => unknownColumn(name, sql) },
  {
    pattern: /^ambiguous column name: (.+)$/,
    error: ([, name = ""]) => new MysqlError(1052, "23000", `Column '${name}' in field list is ambiguous`),
  },
  {
    pattern: /^UNIQUE constraint failed: (.+)$/,
    error: ([, key = ""]) => new MysqlError(1062, "23000", `Duplicate entry for key '${key.split(", ").join("-")}'`),
  },
  {
    pattern: /^FOREIGN KEY constraint failed$/,
    error: (_found, _schema, sql) =>
      /^\s*(delete|drop|truncate)/i.test(sql)
        ? new MysqlError(1451, "23000", "Cannot delete or update a parent row: a foreign key constraint fails")
        : new MysqlError(1452, "23000", "Cannot add or update a child row: a foreign key constraint fails"),
  },
  {
    pattern: /^NOT NULL constraint failed: \S+?\.(\S+)$/,
    error: ([, column = ""]) => new MysqlError(1048, "23000", `Column '${column}' cannot be null`),
  },
  {
    pattern: /^no such function: (.+)$/,
    error: ([, name = ""], schema) => new MysqlError(1305, "42000", `FUNCTION ${schema}.${name} does not exist`),
  },
  {
    pattern: /^wrong number of arguments to function (\w+)\(\)$/,
    error: ([, name = ""]) => new MysqlError(1582, "42000", `Incorrect parameter count in the call to native function '${name}'`),
  },
  {
    pattern: /^table [`"]?(\w+)[`"]? already exists$/,
    error: ([, name = ""]) => new MysqlError(1050, "42S01", `Table '${name}' already exists`),
  },
  { pattern: /^index (\S+) already exists$/, error: ([, name = ""]) => new MysqlError(1061, "42000", `Duplicate key name '${name}'`) },
  { pattern: /^duplicate column name: (.+)$/, error: ([, name = ""]) => new MysqlError(1060, "42S21", `Duplicate column name '${name}'`) },
  {
    pattern: /values for \d+ columns$|has \d+ columns but \d+ values/,
    error: () => new MysqlError(1136, "21S01", "Column count doesn't match value count at row 1"),
  },
  { pattern: /^misuse of aggregate/, error: () => new MysqlError(1111, "HY000", "Invalid use of group function") },
  {
    pattern: /SELECTs to the left and right of \w+ do not have/,
    error: () => new MysqlError(1222, "21000", "The used SELECT statements have a different number of columns"),
  },
];

function unknownColumn(name: string, sql: string): MysqlError {
  const bare = name.split(".").at(-1) ?? name;
  const where = sql.search(/\bwhere\b/i);
  const place = where >= 0 && sql.lastIndexOf(bare) > where ? "where clause" : "field list";
  return new MysqlError(
    1054,
    "42S22",
    `Unknown column '${name.replace(/ - should this be a string literal.*$/, "").replaceAll(/["']/g, "")}' in '${place}'`,
  );
}

/** What MySQL would answer for an error of SQLite's. `sql` is the statement as the client wrote it. */
export function mysqlErrorOf(thrown: unknown, schema: string, sql: string): MysqlError {
  if (thrown instanceof MysqlError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const near = /^near "(.*)": syntax error$/s.exec(message);
  if (near) return syntaxError(sql.slice(Math.max(0, sql.toLowerCase().indexOf((near[1] ?? "").toLowerCase()))));
  if (message === "incomplete input") return syntaxError("");
  for (const { pattern, error } of mappings) {
    const found = pattern.exec(message);
    if (found) return error(found, schema, sql);
  }
  return new MysqlError(1105, "HY000", `The training database could not do that: ${message}`);
}
