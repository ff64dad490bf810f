import type { Cell, ResultColumn } from "../../proxy/api/contract.ts";

const character = 7.2;
const narrowest = 56;
const widest = 320;

/** A first width in pixels for a result column, from its name and the first rows. */
export function columnWidth(column: ResultColumn, place: number, rows: readonly (readonly Cell[] | undefined)[]): number {
  const longest = rows.reduce(
    (most, row) => Math.max(most, shownLength(row?.[place])),
    column.name.length * 1.1 + column.type.length * 0.85 + 1,
  );
  return Math.round(Math.max(narrowest, Math.min(widest, longest * character + 20)));
}

function shownLength(cell: Cell | undefined): number {
  if (cell === undefined || cell === null) return 4;
  if (typeof cell === "string") return cell.length === 0 ? 6 : cell.length;
  return "base64" in cell ? 2 + (cell.base64.length * 3) / 2 : cell.text.length;
}
