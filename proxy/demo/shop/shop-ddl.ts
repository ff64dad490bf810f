/** `CREATE TABLE` of the shop's tables, for MySQL or MariaDB and for the training database's SQLite. */
import type { ShopColumn, ShopTable } from "./shop-tables.ts";

const listed = (columns: readonly string[]): string => `(${columns.map((column) => `\`${column}\``).join(",")})`;

/** As MySQL and MariaDB take it. */
export function mysqlTable(table: ShopTable): string {
  const lines = [
    ...table.columns.map((column) => `  ${mysqlColumn(column)}`),
    `  PRIMARY KEY ${listed(table.primaryKey)}`,
    ...table.unique.map((key) => `  UNIQUE KEY \`${key.name}\` ${listed(key.columns)}`),
    ...table.indexes.map((key) => `  KEY \`${key.name}\` ${listed(key.columns)}`),
    ...table.foreignKeys.map(
      (key) => `  CONSTRAINT \`${key.name}\` FOREIGN KEY (\`${key.column}\`) REFERENCES \`${key.table}\` (\`${key.target}\`)`,
    ),
  ];
  return `CREATE TABLE \`${table.name}\` (\n${lines.join(",\n")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
}

function mysqlColumn(column: ShopColumn): string {
  const nullable = column.nullable ? "DEFAULT NULL" : "NOT NULL";
  return `\`${column.name}\` ${column.type} ${nullable}${column.autoIncrement ? " AUTO_INCREMENT" : ""}`;
}

/**
 * As SQLite takes it, one statement per element. A column's MySQL type stays in its declaration (quoted, for SQLite
 * knows no `ENUM(…)`), and the training database reads it from there; text compares without regard to case, as in MySQL.
 */
export function sqliteTable(table: ShopTable): string[] {
  const lines = [
    ...table.columns.map(sqliteColumn),
    ...(table.columns.some((column) => column.autoIncrement) ? [] : [`PRIMARY KEY ${listed(table.primaryKey)}`]),
    ...table.foreignKeys.map((key) => `FOREIGN KEY (\`${key.column}\`) REFERENCES \`${key.table}\` (\`${key.target}\`)`),
  ];
  return [
    `CREATE TABLE \`${table.name}\` (${lines.join(", ")})`,
    ...table.unique.map((key) => `CREATE UNIQUE INDEX \`${key.name}\` ON \`${table.name}\` ${listed(key.columns)}`),
    ...table.indexes.map((key) => `CREATE INDEX \`${key.name}\` ON \`${table.name}\` ${listed(key.columns)}`),
  ];
}

function sqliteColumn(column: ShopColumn): string {
  if (column.autoIncrement) return `\`${column.name}\` INTEGER PRIMARY KEY AUTOINCREMENT`;
  const collation = /CHAR|TEXT|ENUM/.test(column.type) ? " COLLATE NOCASE" : "";
  return `\`${column.name}\` "${column.type}"${column.nullable ? "" : " NOT NULL"}${collation}`;
}
