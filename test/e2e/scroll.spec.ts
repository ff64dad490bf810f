/**
 * A million statements: rows are there while one scrolls, live or not, and a frame takes little work. What depends on the
 * machine's load (times from frame to frame) is printed; what is asserted does not: work of the page's own thread, and
 * frames in which a row was missing.
 */
import { measureScroll, paces, scrollText } from "../support/renderer/scroll-frames.ts";
import { type FakePage, serveFakePage } from "../support/renderer/serve-fake-page.ts";
import { expect, test } from "../support/renderer/watched-page.ts";

let served: FakePage;

test.beforeAll(async () => {
  served = await serveFakePage();
});

test.afterAll(() => served.close());

/** The fake core answers after this long, about what a library of a million statements needs. */
const delayMs = 10;

for (const arrivals of [0, 500]) {
  for (const pace of paces) {
    test(`${pace.name} through a million statements, ${arrivals} arriving a second`, async ({ page }) => {
      test.slow();
      await page.goto(`${served.address}?statements=1000000&arrivals=${arrivals}&delay=${delayMs}`);
      await expect(page.getByRole("row").nth(3)).toContainText(/maria|deploy/);
      await page.locator('[data-pane="list"]').evaluate((list) => {
        list.scrollTop = 0;
      });
      await expect(page.locator('[data-index="3"]:not([aria-busy])')).toHaveAttribute("aria-rowindex", "5");
      const report = await measureScroll(page, pace);
      test.info().annotations.push({ type: "frames", description: scrollText(report) });
      console.log(`${pace.name}, ${arrivals}/s: ${scrollText(report)}`);
      expect(report.work).toBeLessThan(pace.mostWork);
      expect(report.longestBlank).toBeLessThanOrEqual(pace.mostBlank);
      // Wherever it stops, rows come.
      await expect(page.locator("[data-index]:not([aria-busy])").first()).toBeVisible();
      await expect(page.locator("[data-index][aria-busy]")).toHaveCount(0);
    });
  }
}
