/** Height of one row in pixels; the same as the token `--row`. */
export const rowHeight = 24;

/** Rows per block; the virtual list works in blocks, so that a million rows are a hundred thousand items to it. */
export const rowsPerBlock = 10;

/** Browsers cap the height of an element (Chromium at about 33.5 million pixels): longer lists share their slots. */
const mostSlots = 1_200_000;

/**
 * A list of `total` rows over at most `mostSlots` places of the scroll bar. Up to that, row and slot are one; beyond it
 * the rows shown at a slot depend on where the view is, so that its top is row 0 and its end is the last row.
 */
export interface RowWindow {
  readonly total: number;
  readonly slots: number;
  readonly blocks: number;
}

/** The window over `total` rows; `most` slots at the most. */
export function rowWindow(total: number, most = mostSlots): RowWindow {
  const slots = Math.min(total, most);
  return { total, slots, blocks: Math.ceil(slots / rowsPerBlock) };
}

/** By how much the row shown in a slot exceeds the slot's number while `topBlock` is the first block in view. */
export function rowShift(window: RowWindow, topBlock: number, blocksInView: number): number {
  const hidden = window.total - window.slots;
  if (hidden === 0) return 0;
  const last = Math.max(1, window.blocks - blocksInView);
  return Math.round(hidden * Math.min(1, topBlock / last));
}

/** A scroll position in pixels that shows `row` in the middle of a view of `viewHeight` pixels. */
export function scrollTopForRow(window: RowWindow, row: number, viewHeight: number): number {
  const inView = viewHeight / rowHeight;
  const stretch = Math.max(1, window.slots - inView);
  const first = Math.max(0, row - inView / 2);
  return ((first * stretch) / (stretch + window.total - window.slots)) * rowHeight;
}
