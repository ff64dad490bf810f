/** MySQL's column types as the training database knows them: from a column's declaration to its ColumnDefinition41. */

import { binaryCollation } from "../../protocol/character-set.ts";
import { ColumnType } from "../../protocol/column-type.ts";

/** Column flags of ColumnDefinition41, as the training database sets them. */
export const DefinitionFlag = {
  NOT_NULL: 1,
  PRI_KEY: 2,
  UNIQUE_KEY: 4,
  MULTIPLE_KEY: 8,
  BLOB: 16,
  UNSIGNED: 32,
  BINARY: 128,
  ENUM: 256,
  AUTO_INCREMENT: 512,
  TIMESTAMP: 1024,
  SET: 2048,
  NUM: 32768,
} as const;

/** utf8mb4_0900_ai_ci, as collation id. */
export const textCollation = 255;

export interface ColumnShape {
  /** One of `ColumnType`. */
  readonly type: number;
  readonly characterSet: number;
  /** In bytes. */
  readonly length: number;
  readonly flags: number;
  readonly decimals: number;
}

const integers: { readonly [word: string]: readonly [type: number, digits: number] } = {
  TINYINT: [ColumnType.TINY, 4],
  BOOLEAN: [ColumnType.TINY, 1],
  BOOL: [ColumnType.TINY, 1],
  SMALLINT: [ColumnType.SHORT, 6],
  MEDIUMINT: [ColumnType.INT24, 9],
  INT: [ColumnType.LONG, 11],
  BIGINT: [ColumnType.LONGLONG, 20],
  YEAR: [ColumnType.YEAR, 4],
};

const times: { readonly [word: string]: readonly [type: number, length: number] } = {
  DATE: [ColumnType.DATE, 10],
  TIME: [ColumnType.TIME, 10],
  DATETIME: [ColumnType.DATETIME, 19],
  TIMESTAMP: [ColumnType.TIMESTAMP, 19],
};

/** SQLite's `INTEGER PRIMARY KEY` stands for this type of MySQL's. */
export const autoIncrementType = "BIGINT UNSIGNED";

/** The declaration as MySQL shows it in `DESCRIBE`: lower case but for quoted values. */
export function shownType(declared: string): string {
  const type = declared === "INTEGER" ? autoIncrementType : declared;
  return type.replaceAll(/'[^']*'|[A-Z]+/g, (part) => (part.startsWith("'") ? part : part.toLowerCase()));
}

/** The type that a declaration means. What is no type of MySQL's is taken for text. */
export function shapeOf(declared: string): ColumnShape {
  const text = declared === "INTEGER" ? autoIncrementType : declared;
  const [, word = "", inside = ""] = /^\s*(\w+)\s*(?:\((.*)\))?/s.exec(text.toUpperCase()) ?? [];
  const [first = Number.NaN, second = 0] = inside.split(",").map(Number);
  const unsigned = /\bUNSIGNED\b/i.test(text) ? DefinitionFlag.UNSIGNED : 0;
  const integer = integers[word];
  if (integer) {
    const flags = DefinitionFlag.NUM | unsigned | (word === "YEAR" ? DefinitionFlag.UNSIGNED : 0);
    return numeric(integer[0], Number.isNaN(first) ? integer[1] : first, flags, 0);
  }
  const time = times[word];
  if (time) {
    const places = Number.isNaN(first) ? 0 : first;
    return numeric(time[0], time[1] + (places === 0 ? 0 : places + 1), DefinitionFlag.BINARY, places);
  }
  if (word === "DECIMAL" || word === "NUMERIC")
    return numeric(ColumnType.NEWDECIMAL, (first || 10) + 2, DefinitionFlag.NUM | unsigned, second);
  if (word === "DOUBLE" || word === "REAL") return numeric(ColumnType.DOUBLE, 22, DefinitionFlag.NUM | unsigned, 31);
  if (word === "FLOAT") return numeric(ColumnType.FLOAT, 12, DefinitionFlag.NUM | unsigned, 31);
  return ofText(word, first);
}

function ofText(word: string, length: number): ColumnShape {
  const flags = word === "ENUM" ? DefinitionFlag.ENUM : word === "SET" ? DefinitionFlag.SET : 0;
  if (flags > 0 || word === "CHAR")
    return { type: ColumnType.STRING, characterSet: textCollation, length: (length || 30) * 4, flags, decimals: 0 };
  if (word === "JSON")
    return {
      type: ColumnType.JSON,
      characterSet: binaryCollation,
      length: 0xffffffff,
      flags: DefinitionFlag.BLOB | DefinitionFlag.BINARY,
      decimals: 0,
    };
  if (word.endsWith("TEXT"))
    return { type: ColumnType.BLOB, characterSet: textCollation, length: 262_140, flags: DefinitionFlag.BLOB, decimals: 0 };
  if (word.endsWith("BLOB"))
    return {
      type: ColumnType.BLOB,
      characterSet: binaryCollation,
      length: 65_535,
      flags: DefinitionFlag.BLOB | DefinitionFlag.BINARY,
      decimals: 0,
    };
  if (word.endsWith("BINARY")) {
    const type = word === "BINARY" ? ColumnType.STRING : ColumnType.VAR_STRING;
    return { type, characterSet: binaryCollation, length: length || 1, flags: DefinitionFlag.BINARY, decimals: 0 };
  }
  return { type: ColumnType.VAR_STRING, characterSet: textCollation, length: (length || 255) * 4, flags: 0, decimals: 0 };
}

function numeric(type: number, length: number, flags: number, decimals: number): ColumnShape {
  return { type, characterSet: binaryCollation, length, flags, decimals };
}

/** What SQLite gives for a value, integers exact. */
export type SqliteValue = null | bigint | number | string | Buffer;

/** The type of a column that is computed: what its values are decides. */
export function shapeOfValues(values: Iterable<SqliteValue>): ColumnShape {
  let widest: "none" | "integer" | "double" | "text" | "bytes" = "none";
  for (const value of values) {
    if (value === null) continue;
    if (Buffer.isBuffer(value)) widest = "bytes";
    else if (typeof value === "string") widest = widest === "bytes" ? "bytes" : "text";
    else if (typeof value === "number") widest = widest === "none" || widest === "integer" ? "double" : widest;
    else if (widest === "none") widest = "integer";
  }
  if (widest === "integer") return numeric(ColumnType.LONGLONG, 21, DefinitionFlag.NUM | DefinitionFlag.BINARY, 0);
  if (widest === "double") return numeric(ColumnType.DOUBLE, 23, DefinitionFlag.NUM | DefinitionFlag.BINARY, 31);
  if (widest === "bytes")
    return { type: ColumnType.VAR_STRING, characterSet: binaryCollation, length: 65_535, flags: DefinitionFlag.BINARY, decimals: 0 };
  return { type: ColumnType.VAR_STRING, characterSet: textCollation, length: 1020, flags: 0, decimals: 31 };
}
