/** `information_schema` of the training database: four of its tables, filled when a statement asks for them. */
import type Database from "better-sqlite3";
import type { Catalogue, CatalogueColumn } from "./catalogue.ts";
import { DefinitionFlag } from "./column-shape.ts";

const collate = "COLLATE NOCASE";

/** Attaches the schema to a session's SQLite connection. */
export function attachInformationSchema(db: Database.Database): void {
  db.exec("ATTACH ':memory:' AS information_schema");
  db.exec(`
    CREATE TABLE information_schema.SCHEMATA (CATALOG_NAME "VARCHAR(64)", SCHEMA_NAME "VARCHAR(64)" ${collate},
      DEFAULT_CHARACTER_SET_NAME "VARCHAR(64)", DEFAULT_COLLATION_NAME "VARCHAR(64)");
    CREATE TABLE information_schema.TABLES (TABLE_CATALOG "VARCHAR(64)", TABLE_SCHEMA "VARCHAR(64)" ${collate}, TABLE_NAME "VARCHAR(64)" ${collate},
      TABLE_TYPE "VARCHAR(20)", ENGINE "VARCHAR(64)", TABLE_ROWS "BIGINT UNSIGNED", TABLE_COLLATION "VARCHAR(64)", TABLE_COMMENT "TEXT");
    CREATE TABLE information_schema.COLUMNS (TABLE_CATALOG "VARCHAR(64)", TABLE_SCHEMA "VARCHAR(64)" ${collate}, TABLE_NAME "VARCHAR(64)" ${collate},
      COLUMN_NAME "VARCHAR(64)" ${collate}, ORDINAL_POSITION "INT UNSIGNED", COLUMN_DEFAULT "TEXT", IS_NULLABLE "VARCHAR(3)", DATA_TYPE "VARCHAR(64)",
      COLUMN_TYPE "TEXT", COLUMN_KEY "VARCHAR(3)", EXTRA "VARCHAR(256)", COLUMN_COMMENT "TEXT");
    CREATE TABLE information_schema.KEY_COLUMN_USAGE (CONSTRAINT_SCHEMA "VARCHAR(64)", TABLE_SCHEMA "VARCHAR(64)" ${collate},
      TABLE_NAME "VARCHAR(64)" ${collate}, COLUMN_NAME "VARCHAR(64)" ${collate}, REFERENCED_TABLE_NAME "VARCHAR(64)", REFERENCED_COLUMN_NAME "VARCHAR(64)");
  `);
}

/** Fills the tables with what the catalogue holds now. */
export function refreshInformationSchema(db: Database.Database, catalogue: Catalogue, schema: string): void {
  for (const table of ["SCHEMATA", "TABLES", "COLUMNS", "KEY_COLUMN_USAGE"]) db.exec(`DELETE FROM information_schema.${table}`);
  const schemata = db.prepare("INSERT INTO information_schema.SCHEMATA VALUES ('def', ?, 'utf8mb4', 'utf8mb4_0900_ai_ci')");
  for (const name of ["information_schema", schema]) schemata.run(name);
  const tables = db.prepare(
    "INSERT INTO information_schema.TABLES VALUES ('def', ?, ?, 'BASE TABLE', 'InnoDB', ?, 'utf8mb4_0900_ai_ci', '')",
  );
  const columns = db.prepare("INSERT INTO information_schema.COLUMNS VALUES ('def', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')");
  const keys = db.prepare("INSERT INTO information_schema.KEY_COLUMN_USAGE VALUES (?, ?, ?, ?, ?, ?)");
  for (const table of catalogue.tables()) {
    tables.run(schema, table, catalogue.rowCount(table));
    catalogue.columns(table).forEach((column, index) => {
      columns.run(schema, table, column.name, index + 1, column.default, ...columnFacts(column));
    });
    for (const key of catalogue.foreignKeys(table)) keys.run(schema, schema, table, key.column, key.target, key.targetColumn);
  }
}

function columnFacts(column: CatalogueColumn): string[] {
  const nullable = (column.shape.flags & DefinitionFlag.NOT_NULL) === 0 ? "YES" : "NO";
  return [nullable, column.shown.replace(/[\s(].*$/s, ""), column.shown, column.key, column.autoIncrement ? "auto_increment" : ""];
}
