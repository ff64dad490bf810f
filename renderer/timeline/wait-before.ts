import type { TimelineRow } from "../../proxy/api/contract.ts";

/** Microseconds between the end of the statement before, in the same session, and the start of `row`; `null` where that is not known. */
export function waitBefore(row: TimelineRow, previous: TimelineRow | undefined): number | null {
  if (previous === undefined || previous.session !== row.session || previous.seq !== row.seq - 1) return null;
  return Math.max(0, row.at - (previous.at + (previous.durationUs ?? 0)));
}
