import type { ReactNode } from "react";
import type { TimelineRow } from "../../proxy/api/contract.ts";

/** What a cell may need to know besides its row. */
export interface CellContext {
  /** The row before in the same list, where it is known. */
  readonly previous: TimelineRow | undefined;
  /** The span of time that the axis column draws, in microseconds since the epoch. */
  readonly axis: { readonly from: number; readonly to: number } | null;
}

/** A column of a list of statements: a name and how to draw a cell. */
export interface TimelineColumn {
  readonly id: string;
  readonly title: string;
  /** Pixels; columns with `grows` have at least this, and share what is left by that number. */
  readonly width: number;
  readonly grows?: number;
  /** Grows also once the person has sized it, so that no room is left over. */
  readonly fills?: true;
  readonly align?: "end";
  readonly mono?: true;
  readonly cell: (row: TimelineRow, context: CellContext) => ReactNode;
  /** What hovering says. */
  readonly hover?: (row: TimelineRow) => string;
  /** The filter that keeps only rows alike in this column, where there is one. */
  readonly filter?: (row: TimelineRow) => string | null;
}
