import type { ColumnLayout } from "../state/preferences.ts";
import type { TimelineColumn } from "./column.ts";
import { timelineColumns } from "./columns.tsx";

/** Narrowest and widest a column can be made, in pixels. */
export const narrowest = 40;
export const widest = 1_200;

/** The columns to show, in order, as arranged; a layout that names none that exist falls back to `standard`. */
export function arrangedColumns(layout: ColumnLayout | undefined, standard: readonly string[]): readonly TimelineColumn[] {
  const chosen = columnsNamed(layout?.visible ?? standard);
  return chosen.length > 0 ? chosen : columnsNamed(standard);
}

function columnsNamed(ids: readonly string[]): readonly TimelineColumn[] {
  return ids.flatMap((id) => timelineColumns.find((column) => column.id === id) ?? []);
}

/** CSS's `grid-template-columns` for these columns. */
export function gridTemplate(columns: readonly TimelineColumn[], widths: ColumnLayout["widths"]): string {
  return columns
    .map((column) => {
      const chosen = widths[column.id];
      const width = chosen ?? column.width;
      const isFixed = column.grows === undefined || (chosen !== undefined && column.fills !== true);
      return isFixed ? `${width}px` : `minmax(${width}px, ${column.grows}fr)`;
    })
    .join(" ");
}

/** Least width of all columns together, in pixels. */
export function leastWidth(columns: readonly TimelineColumn[], widths: ColumnLayout["widths"]): number {
  return columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0);
}

/** `visible` with `column` taken to the place of `before`. */
export function moveColumn(visible: readonly string[], column: string, before: string): readonly string[] {
  if (column === before || !visible.includes(column)) return visible;
  const forwards = visible.indexOf(column) < visible.indexOf(before);
  const others = visible.filter((id) => id !== column);
  const place = others.indexOf(before) + (forwards ? 1 : 0);
  return [...others.slice(0, place), column, ...others.slice(place)];
}
