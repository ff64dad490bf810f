import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { rowHeight, rowsPerBlock } from "./row-window.ts";

/** By how many pixels the browser may move rows without waiting for the page; about what it keeps painted around the view. */
const mostSlack = rowHeight * rowsPerBlock;

/** Where the list was scrolled to when its rows were pinned, and where in its body they begin; in pixels. */
interface Pin {
  readonly scrollTop: number;
  readonly start: number;
  readonly slack: number;
}

/**
 * Keeps the drawn rows, which begin `start` pixels into the list, where they were seen last. A browser scrolls before the
 * page has drawn: a little it may move the rows by itself, which is smooth; where somebody throws the scroll bar they stay
 * until others are drawn, instead of leaving an empty list. To be given to the rows' element, with the class `drawn`.
 */
export function usePinnedRows(scroller: RefObject<HTMLElement | null>, start: number): RefObject<HTMLDivElement | null> {
  const rows = useRef<HTMLDivElement>(null);
  const last = useRef<Pin>({ scrollTop: 0, start, slack: mostSlack });

  useLayoutEffect(() => {
    last.current = { ...last.current, start };
    pin(rows.current, last.current);
  }, [start]);

  // Not a layout effect: those of what is in the scroller run before the scroller itself is known.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const pinHere = (slack: number): void => {
      last.current = { ...last.current, scrollTop: element.scrollTop, slack };
      pin(rows.current, last.current);
    };
    const onScroll = (): void => {
      const moved = Math.abs(element.scrollTop - last.current.scrollTop);
      // While half of the slack is left there is nothing to do, which keeps slow scrolling cheap.
      if (last.current.slack === 0 || moved > mostSlack / 2) pinHere(moved > mostSlack ? 0 : mostSlack);
    };
    pinHere(mostSlack);
    // Before anybody draws because of it: to ask for the place after that would have it all laid out once more.
    const options = { passive: true, capture: true };
    element.addEventListener("scroll", onScroll, options);
    return () => element.removeEventListener("scroll", onScroll, options);
  }, [scroller]);
  return rows;
}

function pin(rows: HTMLElement | null, { scrollTop, start, slack }: Pin): void {
  rows?.style.setProperty("--offset", `${Math.min(0, start - scrollTop)}px`);
  rows?.style.setProperty("--slack", `${slack}px`);
}
