import type { Cell } from "./cell.ts";
import type { Claim } from "./claim.ts";
import type { Column, LocalInfile, SessionStateChange } from "./statement.ts";
import type { TimelineRow } from "./timeline-row.ts";

/** A parameter or a query attribute for display. */
export interface ParameterShown {
  name: string | null;
  type: string;
  unsigned: boolean;
  value: Cell;
  /** Sent in place of a value by a bulk execution. */
  indicator?: "default" | "ignore" | undefined;
}

/** Everything about one statement except its rows, decoded from its recording when it is looked at. */
export interface StatementDetail {
  row: TimelineRow;
  /** Full text as recorded; cut at 4 MiB with `sqlCutFrom` giving the full length in bytes. */
  sql: string | null;
  sqlCutFrom: number | null;
  params: ParameterShown[] | null;
  /** The parameters of the first executions of a bulk command, and how many executions there are. */
  paramSets: { shown: ParameterShown[][]; count: number } | null;
  attributes: ParameterShown[];
  /** What else was claimed: by the connection, and in comments. */
  claims: Claim[];
  /** See `Statement`. */
  summary: string | null;
  infile: LocalInfile | null;
  state: SessionStateChange | null;
  insertId: string | null;
  warnings: number;
  sqlstate: string | null;
  decodeFailed: string | null;
  /** SHA-256 of `digestText`, in hexadecimal. */
  digest: string | null;
  digestText: string | null;
  /** Result sets in order. */
  results: { columns: Column[]; rowCount: number }[];
}
