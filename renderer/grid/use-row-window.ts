import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useRef } from "react";
import { type RowWindow, rowHeight, rowShift, rowsPerBlock, rowWindow, scrollTopForRow } from "./row-window.ts";

/** A block of rows to draw: where it is in the list's body (pixels), and the indexes of its rows. */
export interface RowBlock {
  /** Stays with the DOM element, which is used again for other blocks while scrolling. */
  readonly key: number;
  readonly start: number;
  readonly rows: readonly number[];
}

/** The part of a long list that is drawn. */
export interface DrawnRows {
  readonly blocks: readonly RowBlock[];
  /** First index at this place of the list, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** First index drawn, and the one after the last: others while those at this place are not here. */
  readonly firstDrawn: number;
  readonly endDrawn: number;
  /** Where the first block begins in the list's body, and how high all of them are together; in pixels. */
  readonly start: number;
  readonly drawnHeight: number;
  /** Height of the list's body in pixels. */
  readonly height: number;
  /** Height of the view in pixels, its header included. */
  readonly viewHeight: number;
  /** Scrolls so that a row can be seen. */
  readonly reveal: (index: number) => void;
}

const blockHeight = rowHeight * rowsPerBlock;

/** Which rows to draw instead of those from `first` to `end` (excluded), by the first of as many; `null` for none. */
export type StandIn = (first: number, end: number) => number | null;

const noStandIn: StandIn = () => null;

/** Which rows of `total` to draw in a scrolling element with a header of one row's height. */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, total: number, standIn = noStandIn): DrawnRows {
  const window = rowWindow(total);
  const viewHeight = useRef(0);
  // Always as many blocks, so that one that leaves the view hands its DOM elements to one that comes.
  const ring = Math.ceil(viewHeight.current / blockHeight) + 3;
  const virtualizer = useVirtualizer({
    count: window.blocks,
    getScrollElement: () => scroller.current,
    estimateSize: () => blockHeight,
    rangeExtractor: ({ startIndex, count }) => {
      const first = Math.max(0, Math.min(startIndex - 1, count - ring));
      return Array.from({ length: Math.min(ring, count) }, (_, place) => first + place);
    },
  });
  viewHeight.current = virtualizer.scrollRect?.height ?? 0;
  const items = virtualizer.getVirtualItems();
  const range = virtualizer.range;
  const shift = range === null ? 0 : rowShift(window, range.startIndex, range.endIndex - range.startIndex);
  const first = (items[0]?.index ?? 0) * rowsPerBlock + shift;
  const end = Math.min(total, ((items.at(-1)?.index ?? -1) + 1) * rowsPerBlock + shift);
  const instead = standIn(first, end);
  return {
    blocks: items.map(({ index, start }, place) =>
      instead === null
        ? { key: index % ring, start, rows: rowsOfBlock(index, shift, total) }
        : // The same elements hold the same rows while the view moves on.
          { key: place, start, rows: rowsOfBlock(place, instead, instead + end - first) },
    ),
    first,
    end,
    firstDrawn: instead ?? first,
    endDrawn: instead === null ? end : instead + end - first,
    start: items[0]?.start ?? 0,
    drawnHeight: (end - first) * rowHeight,
    height: window.slots * rowHeight,
    viewHeight: virtualizer.scrollRect?.height ?? 0,
    reveal: (index) => {
      const element = scroller.current;
      if (element !== null) revealRow(element, window, index, { shift, first, end });
    },
  };
}

function rowsOfBlock(block: number, shift: number, total: number): readonly number[] {
  const first = block * rowsPerBlock + shift;
  const end = Math.min(total, first + rowsPerBlock);
  return Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place);
}

interface Drawn {
  readonly shift: number;
  readonly first: number;
  readonly end: number;
}

function revealRow(element: HTMLElement, window: RowWindow, index: number, { shift, first, end }: Drawn): void {
  const bodyHeight = element.clientHeight - rowHeight;
  const top = (index - shift) * rowHeight;
  if (window.total > window.slots && (index < first || index >= end)) element.scrollTop = scrollTopForRow(window, index, bodyHeight);
  else if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + bodyHeight) element.scrollTop = top + rowHeight - bodyHeight;
}
