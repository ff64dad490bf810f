/**
 * A million statements: rows are there while one scrolls, live or not, and a frame takes little work. Times depend on the
 * machine and what else it does, and are printed; what is asserted is counted: requests, React's commits, layouts, rows that
 * are drawn anew, frames in which a row was missing, and pictures of the screen in which the list was empty.
 */
import type { Page } from "@playwright/test";
import { dragThumb } from "../support/renderer/drag-thumb.ts";
import { filmList } from "../support/renderer/list-film.ts";
import { countCommits, measurePace, paces, type ScrollReport, scrollText } from "../support/renderer/scroll-frames.ts";
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, test } from "../support/renderer/watched-page.ts";

let served: FakePage;

test.beforeAll(async () => {
  served = await serveFakePage();
});

test.afterAll(() => served.close());

/** The fake core answers after this long, about what a library of a million statements needs. */
const delayMs = 10;

/** The most of each: commits, layouts and rows on an average frame; requests and frames with placeholders in all. */
type Limits = Pick<ScrollReport, "requests" | "commits" | "layouts" | "rows" | "blank">;

/**
 * What goes on by the clock (statements that arrive, the histogram, the status) costs up to two commits in a frame, the more
 * the slower frames are; a jump costs one request, and its rows are drawn when they come.
 */
const limits: { readonly [pace: string]: Limits } = {
  reading: { requests: 2, commits: 3, layouts: 3, rows: 2, blank: 0 },
  skimming: { requests: 4, commits: 4, layouts: 4, rows: 20, blank: 0 },
  paging: { requests: 3, commits: 3, layouts: 3, rows: 9, blank: 0 },
  "dragging the scroll bar": { requests: 23, commits: 3.5, layouts: 3.5, rows: 45, blank: 3 },
  "throwing the scroll bar": { requests: 63, commits: 5, layouts: 5, rows: 85, blank: 3 },
};

for (const arrivals of [0, 500]) {
  for (const pace of paces) {
    test(`${pace.name} through a million statements, ${arrivals} arriving a second`, async ({ page }) => {
      test.slow();
      await countCommits(page);
      await openAtStart(page, arrivals);
      const report = await measurePace(page, pace, () => page.evaluate(() => performance.getEntriesByName("statements.page").length));
      test.info().annotations.push({ type: "frames", description: scrollText(report) });
      console.log(`${pace.name}, ${arrivals}/s: ${scrollText(report)}`);
      const most = limits[pace.name];
      for (const [what, limit] of Object.entries(most ?? {})) {
        expect.soft(report[what as keyof Limits], what).toBeLessThanOrEqual(limit);
      }
      // While it moves, rows are to be seen that change with it.
      expect(report.pictures).toBeGreaterThan(report.frames / 10);
      // Wherever it stops, rows come.
      await expect(page.locator("[data-index]:not([aria-busy])").first()).toBeVisible();
      await expect(page.locator("[data-index][aria-busy]")).toHaveCount(0);
    });
  }
}

for (const arrivals of [0, 500]) {
  test(`the list is never empty on the screen while its thumb is dragged, ${arrivals} arriving a second`, async ({ page }) => {
    test.slow();
    await page.setViewportSize({ width: 800, height: 480 });
    await openAtStart(page, arrivals);
    const { bare } = await filmList(page, () => dragThumb(page, { moves: 12 }));
    const partly = bare.filter((share) => share > 0).length;
    console.log(`the thumb, ${arrivals}/s: ${bare.length} pictures on the screen, the list bare in a part of ${partly}`);
    expect(bare.length).toBeGreaterThan(5);
    // Where it comes to the list's end a browser may show a row's place before the row, for one picture.
    expect(bare.filter((share) => share > 0.5)).toEqual([]);
    await expect(page.locator("[data-index][aria-busy]")).toHaveCount(0);
    await expect(page.locator("[data-index]").first()).toBeVisible();
  });
}

test("rows follow each step of slow scrolling to the pixel, also before the page has drawn others", async ({ page }) => {
  await openAtStart(page, 0);
  const steps = await page.locator('[data-pane="list"]').evaluate(async (list) => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // A row keeps its element while it is drawn: the text says which row it is.
    const topOf = (index: number): number | undefined => list.querySelector(`[data-index="${index}"]`)?.getBoundingClientRect().top;
    const first = topOf(0) ?? Number.NaN;
    const wrong: string[] = [];
    // To come to the start was a jump, which pins the rows until the next step.
    list.scrollTop = 1;
    await nextFrame();
    await nextFrame();
    for (let scrolled = 8; scrolled < 3_500; scrolled += 7) {
      list.scrollTop = scrolled;
      const row = Math.ceil(scrolled / 24) + 3;
      if (topOf(row) !== first + row * 24 - scrolled) wrong.push(`row ${row} at ${topOf(row)} when scrolled by ${scrolled}`);
      await nextFrame();
    }
    return wrong;
  });
  expect(steps).toEqual([]);
});

async function openAtStart(page: Page, arrivals: number): Promise<void> {
  await page.goto(`${served.address}?statements=1000000&arrivals=${arrivals}&delay=${delayMs}`);
  await expect(page.getByRole("row").nth(3)).toContainText(/maria|deploy/);
  await page.locator('[data-pane="list"]').evaluate((list) => {
    list.scrollTop = 0;
  });
  await expect(page.locator('[data-index="3"]:not([aria-busy])')).toHaveAttribute("aria-rowindex", "5");
}
