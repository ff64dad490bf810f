import { type RefObject, useLayoutEffect, useRef } from "react";
import { rowHeight } from "../grid/row-window.ts";
import type { DrawnRows } from "../grid/use-row-window.ts";

interface FollowScrollOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly drawn: DrawnRows;
  readonly total: number;
  /** Whether the first rows are here. */
  readonly loaded: boolean;
  readonly start: "oldest" | "newest";
  readonly following: boolean;
  readonly onFollowing: (following: boolean) => void;
}

interface FollowScroll {
  readonly onScroll: () => void;
  /** Scrolls a row into view without that being taken for a wish to follow or not. */
  readonly revealQuietly: (index: number) => void;
}

/** Keeps a list at its newest row while it follows: scrolling up suspends that, scrolling back to the end resumes it. */
export function useFollowScroll(options: FollowScrollOptions): FollowScroll {
  const { scroller, drawn, total, loaded, start, following, onFollowing } = options;
  const lastTop = useRef(0);
  const quiet = useRef(false);

  const toEnd = (): void => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: growth of the list or of the view moves its end
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [following, total, drawn.viewHeight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the first rows are here
  useLayoutEffect(() => {
    if (loaded && start === "newest" && !following) {
      quiet.current = true;
      toEnd();
    }
  }, [loaded]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    const below = element.scrollHeight - scrollTop - element.clientHeight;
    const wasQuiet = quiet.current;
    quiet.current = false;
    if (!wasQuiet && below < rowHeight / 2 && !following && scrollTop > lastTop.current) onFollowing(true);
    else if (following && below >= rowHeight / 2 && scrollTop < lastTop.current - 1) onFollowing(false);
    lastTop.current = scrollTop;
  };
  const revealQuietly = (index: number): void => {
    const before = scroller.current?.scrollTop;
    drawn.reveal(index);
    quiet.current = scroller.current?.scrollTop !== before;
  };
  return { onScroll, revealQuietly };
}
