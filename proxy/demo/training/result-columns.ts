/** The columns of a query's result in MySQL's terms, from what SQLite tells about them. */
import type Database from "better-sqlite3";
import type { Catalogue, CatalogueColumn } from "./catalogue.ts";
import { type SqliteValue, shapeOf } from "./column-shape.ts";
import { computedColumn, type ResultColumn } from "./result.ts";
import { selectNames } from "./select-names.ts";
import type { Token } from "./sql-tokens.ts";

export interface ResultOrigin {
  readonly tokens: readonly Token[];
  readonly sql: string;
  readonly schemaName: string;
  readonly catalogue: Catalogue;
}

/** One definition per column. The values of `rows` decide the types of columns that are computed. */
export function resultColumns(
  found: readonly Database.ColumnDefinition[],
  rows: readonly (readonly SqliteValue[])[],
  origin: ResultOrigin,
): ResultColumn[] {
  const names = selectNames(origin.tokens, origin.sql);
  const named = names?.length === found.length ? names : null;
  const tables = new Map<string, readonly CatalogueColumn[]>();
  return found.map((column, index) => {
    const name = named?.[index] ?? column.name;
    if (column.table === null || column.column === null) return computedColumn(name, valuesAt(rows, index));
    const schema = column.database === "main" ? origin.schemaName : (column.database ?? "");
    const catalogued = tables.get(column.table) ?? (column.database === "main" ? origin.catalogue.columns(column.table) : []);
    tables.set(column.table, catalogued);
    const known = catalogued.find((it) => it.name === column.column);
    const shape = known?.shape ?? shapeOf(column.type ?? "");
    return { ...shape, schema, table: column.table, orgTable: column.table, name, orgName: column.column };
  });
}

function* valuesAt(rows: readonly (readonly SqliteValue[])[], index: number): Iterable<SqliteValue> {
  for (const row of rows) yield row[index] ?? null;
}
