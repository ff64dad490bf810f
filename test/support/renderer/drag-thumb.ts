import type { Page } from "@playwright/test";

interface Drag {
  /** Moves of the mouse from the list's start to its end. */
  readonly moves: number;
  /** How many times the mouse rests on the way, and what is awaited then. */
  readonly stops?: number;
  readonly atStop?: () => Promise<void>;
}

/** Takes the thumb of the list's scroll bar, as somebody does who looks for something, and draws it from the list's start to its end. */
export async function dragThumb(page: Page, { moves, stops = 1, atStop }: Drag): Promise<void> {
  const bar = await page.locator('[data-pane="list"]').evaluate((list) => {
    const { right, top, bottom } = list.getBoundingClientRect();
    const width = (list as HTMLElement).offsetWidth - list.clientWidth;
    // At each end of the bar is a button as high as the bar is wide.
    return { x: right - width / 2, top: top + width + 6, bottom: bottom - width - 6, width };
  });
  if (bar.width === 0) throw new Error("The list has no scroll bar to take hold of.");
  await page.mouse.move(bar.x, bar.top);
  await page.mouse.down();
  for (let move = 1; move <= moves; move++) {
    await page.mouse.move(bar.x, bar.top + ((bar.bottom - bar.top) * move) / moves);
    if (move % (moves / stops) === 0) await atStop?.();
  }
  await page.mouse.up();
}
