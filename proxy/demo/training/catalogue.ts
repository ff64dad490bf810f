/** What tables, columns and keys the training database has, in MySQL's terms, read from SQLite as it is now. */
import type Database from "better-sqlite3";
import { autoIncrementType, type ColumnShape, DefinitionFlag, shapeOf, shownType } from "./column-shape.ts";

export interface CatalogueColumn {
  readonly name: string;
  /** As `DESCRIBE` shows it. */
  readonly shown: string;
  readonly shape: ColumnShape;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly key: "PRI" | "UNI" | "MUL" | "";
  readonly autoIncrement: boolean;
}

export interface CatalogueIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
}

interface TableInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: bigint;
  readonly dflt_value: string | null;
  readonly pk: bigint;
}

/** Reads the catalogue over one session's SQLite connection. */
export class Catalogue {
  private readonly db: Database.Database;

  constructor(db: Database.Database) {
    this.db = db;
  }

  /** Names of all tables. */
  tables(): string[] {
    const rows = this.db.prepare(
      "SELECT name FROM main.sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    return rows.pluck().all() as string[];
  }

  /** The table's name as it is written in the database, or `null` where there is no such table. */
  table(name: string): string | null {
    return this.tables().find((table) => table.toLowerCase() === name.toLowerCase()) ?? null;
  }

  /** The table's columns in order; none where there is no such table. */
  columns(table: string): CatalogueColumn[] {
    const infos = this.db
      .prepare("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?, 'main')")
      .all(table) as TableInfo[];
    const indexes = this.indexes(table);
    return infos.map((info) => columnOf(info, indexes));
  }

  /** The table's keys, the primary one first. */
  indexes(table: string): CatalogueIndex[] {
    const primary = this.db
      .prepare("SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk")
      .pluck()
      .all(table) as string[];
    const listed = this.db
      .prepare("SELECT name, \"unique\" AS isUnique FROM pragma_index_list(?, 'main') WHERE origin <> 'pk' ORDER BY name")
      .all(table);
    const others = (listed as { name: string; isUnique: bigint }[]).map(({ name, isUnique }) => {
      const columns = this.db.prepare("SELECT name FROM pragma_index_info(?, 'main') ORDER BY seqno").pluck().all(name) as string[];
      return { name, unique: isUnique === 1n, columns };
    });
    return primary.length > 0 ? [{ name: "PRIMARY", unique: true, columns: primary }, ...others] : others;
  }

  /** Foreign keys of the table, as `SHOW CREATE TABLE` writes them. */
  foreignKeys(table: string): { column: string; target: string; targetColumn: string }[] {
    const query = `SELECT "from" AS "column", "table" AS target, "to" AS targetColumn FROM pragma_foreign_key_list(?, 'main') ORDER BY id DESC, seq`;
    return this.db.prepare(query).all(table) as { column: string; target: string; targetColumn: string }[];
  }

  /** Number of rows in the table. */
  rowCount(table: string): bigint {
    return this.db
      .prepare(`SELECT COUNT(*) FROM main."${table.replaceAll('"', '""')}"`)
      .pluck()
      .get() as bigint;
  }
}

function columnOf(info: TableInfo, indexes: readonly CatalogueIndex[]): CatalogueColumn {
  const autoIncrement = info.type === "INTEGER" && info.pk > 0n;
  const shape = shapeOf(info.type);
  const index = indexes.find(({ name, columns }) => name !== "PRIMARY" && columns[0] === info.name);
  const key = info.pk > 0n ? "PRI" : index === undefined ? "" : index.unique && index.columns.length === 1 ? "UNI" : "MUL";
  const nullable = info.notnull === 0n && info.pk === 0n;
  const keyFlags = { PRI: DefinitionFlag.PRI_KEY, UNI: DefinitionFlag.UNIQUE_KEY, MUL: DefinitionFlag.MULTIPLE_KEY, "": 0 }[key];
  const flags = shape.flags | keyFlags | (nullable ? 0 : DefinitionFlag.NOT_NULL) | (autoIncrement ? DefinitionFlag.AUTO_INCREMENT : 0);
  return {
    name: info.name,
    shown: shownType(autoIncrement ? autoIncrementType : info.type),
    shape: { ...shape, flags },
    nullable,
    default: info.dflt_value,
    key,
    autoIncrement,
  };
}
