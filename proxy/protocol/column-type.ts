/** Column types by protocol number: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
import { binaryCollation } from "./character-set.ts";

export const ColumnType = {
  DECIMAL: 0,
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  NULL: 6,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  YEAR: 13,
  NEWDATE: 14,
  VARCHAR: 15,
  BIT: 16,
  TIMESTAMP2: 17,
  DATETIME2: 18,
  TIME2: 19,
  TYPED_ARRAY: 20,
  VECTOR: 242,
  JSON: 245,
  NEWDECIMAL: 246,
  ENUM: 247,
  SET: 248,
  TINY_BLOB: 249,
  MEDIUM_BLOB: 250,
  LONG_BLOB: 251,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
  GEOMETRY: 255,
} as const;

/** Flags of ColumnDefinition41. */
export const ColumnFlag = { UNSIGNED: 32, ZEROFILL: 64, BINARY: 128, ENUM: 256, SET: 2048 } as const;

const protocolNames: ReadonlyMap<number, string> = new Map(Object.entries(ColumnType).map(([name, type]) => [type, `MYSQL_TYPE_${name}`]));

/** The protocol's name, e.g. `MYSQL_TYPE_LONGLONG`. */
export function columnTypeName(type: number): string {
  return protocolNames.get(type) ?? `MYSQL_TYPE_${type}`;
}

const sqlNames: ReadonlyMap<number, string> = new Map<number, string>([
  [ColumnType.DECIMAL, "DECIMAL"],
  [ColumnType.TINY, "TINYINT"],
  [ColumnType.SHORT, "SMALLINT"],
  [ColumnType.LONG, "INT"],
  [ColumnType.FLOAT, "FLOAT"],
  [ColumnType.DOUBLE, "DOUBLE"],
  [ColumnType.NULL, "NULL"],
  [ColumnType.TIMESTAMP, "TIMESTAMP"],
  [ColumnType.LONGLONG, "BIGINT"],
  [ColumnType.INT24, "MEDIUMINT"],
  [ColumnType.DATE, "DATE"],
  [ColumnType.NEWDATE, "DATE"],
  [ColumnType.TIME, "TIME"],
  [ColumnType.DATETIME, "DATETIME"],
  [ColumnType.YEAR, "YEAR"],
  [ColumnType.BIT, "BIT"],
  [ColumnType.VECTOR, "VECTOR"],
  [ColumnType.JSON, "JSON"],
  [ColumnType.NEWDECIMAL, "DECIMAL"],
  [ColumnType.ENUM, "ENUM"],
  [ColumnType.SET, "SET"],
  [ColumnType.GEOMETRY, "GEOMETRY"],
]);

/** SQL's word for a column's type, as far as the definition tells. */
export function sqlTypeName(type: number, flags: number, collation: number): string {
  const binary = collation === binaryCollation;
  switch (type) {
    case ColumnType.VARCHAR:
    case ColumnType.VAR_STRING:
      return binary ? "VARBINARY" : "VARCHAR";
    case ColumnType.STRING:
      if ((flags & ColumnFlag.ENUM) !== 0) return "ENUM";
      if ((flags & ColumnFlag.SET) !== 0) return "SET";
      return binary ? "BINARY" : "CHAR";
    case ColumnType.TINY_BLOB:
      return binary ? "TINYBLOB" : "TINYTEXT";
    case ColumnType.MEDIUM_BLOB:
      return binary ? "MEDIUMBLOB" : "MEDIUMTEXT";
    case ColumnType.LONG_BLOB:
      return binary ? "LONGBLOB" : "LONGTEXT";
    case ColumnType.BLOB:
      return binary ? "BLOB" : "TEXT";
    default:
      return sqlNames.get(type) ?? columnTypeName(type);
  }
}

/** Whether values of the type are strings of a character set, and so bytes where that is `binary`. */
export function isStringType(type: number): boolean {
  return (
    type === ColumnType.VARCHAR ||
    type === ColumnType.VAR_STRING ||
    type === ColumnType.STRING ||
    type === ColumnType.ENUM ||
    type === ColumnType.SET ||
    (type >= ColumnType.TINY_BLOB && type <= ColumnType.BLOB)
  );
}

/** Whether values of the type are bytes whatever the column's character set says. */
export function isBytesType(type: number): boolean {
  return type === ColumnType.BIT || type === ColumnType.GEOMETRY || type === ColumnType.VECTOR;
}
