/** What the training database answers to a statement, before it becomes packets. */
import { type ColumnShape, type SqliteValue, shapeOfValues } from "./column-shape.ts";

export interface ResultColumn extends ColumnShape {
  readonly schema: string;
  readonly table: string;
  readonly orgTable: string;
  readonly name: string;
  readonly orgName: string;
}

export interface OkAnswer {
  readonly kind: "ok";
  readonly affected: bigint;
  readonly insertId: bigint;
  readonly info: string;
}

export interface RowsAnswer {
  readonly kind: "rows";
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly SqliteValue[])[];
}

export type Answer = OkAnswer | RowsAnswer;

/** The answer of a statement that gives no rows. */
export function ok(affected = 0n, insertId = 0n, info = ""): OkAnswer {
  return { kind: "ok", affected, insertId, info };
}

/** Rows that the server itself makes, as for `SHOW`: columns by name, their types from the values. */
export function madeRows(names: readonly string[], rows: readonly (readonly SqliteValue[])[]): RowsAnswer {
  const columns = names.map((name, index) =>
    computedColumn(
      name,
      rows.map((row) => row[index] ?? null),
    ),
  );
  return { kind: "rows", columns, rows };
}

/** A column without a table behind it. */
export function computedColumn(name: string, values: Iterable<SqliteValue>): ResultColumn {
  return { ...shapeOfValues(values), schema: "", table: "", orgTable: "", name, orgName: "" };
}
