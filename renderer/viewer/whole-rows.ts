import type { Cell } from "../../proxy/api/contract.ts";
import type { Api } from "../api/api-client.ts";
import type { ResultAddress } from "./result-rows.ts";

/** Most rows and about most bytes that are copied at once; more does not belong on a clipboard. */
export const mostCopiedRows = 100_000;
const mostCopiedBytes = 64 * 1024 * 1024;
const step = 500;

/** Rows with whole cells, and whether the result set has more than were taken. */
export interface WholeRows {
  readonly rows: readonly (readonly Cell[])[];
  readonly more: boolean;
}

/** Fetches a result set from its first row with whole cells, up to the limits. Rejects with a `FailureError`. */
export async function wholeRows(api: Api, address: ResultAddress, signal: AbortSignal): Promise<WholeRows> {
  const rows: (readonly Cell[])[] = [];
  let size = 0;
  for (;;) {
    const limit = Math.min(step, mostCopiedRows - rows.length);
    const page = await api.call("statements.rows", { ...address, from: rows.length, limit, cellLimit: 0 }, signal);
    for (const row of page.rows) {
      rows.push(row);
      for (const cell of row) size += sizeOf(cell);
    }
    if (!page.more || page.rows.length === 0) return { rows, more: false };
    if (rows.length >= mostCopiedRows || size >= mostCopiedBytes) return { rows, more: true };
  }
}

/** Fetches one cell whole. Rejects with a `FailureError`. */
export async function wholeCell(api: Api, address: ResultAddress, row: number, column: number, signal: AbortSignal): Promise<Cell> {
  const page = await api.call("statements.rows", { ...address, from: row, limit: 1, cellLimit: 0 }, signal);
  return page.rows[0]?.[column] ?? null;
}

function sizeOf(cell: Cell): number {
  if (cell === null) return 1;
  if (typeof cell === "string") return cell.length;
  return "base64" in cell ? cell.base64.length : cell.text.length;
}
