import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test as base, expect, type Page } from "@playwright/test";

const screenshots = fileURLToPath(new URL("../../e2e/screenshots/", import.meta.url));

interface WatchedFixtures {
  /** What went wrong in the page so far: errors on its console, exceptions, failed or refused requests. */
  readonly faults: string[];
}

/** Playwright's test, in which a console error, an exception or a failed request fails the test. */
export const test = base.extend<WatchedFixtures>({
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
      page.on("requestfailed", (request) => faults.push(`request: ${request.url()} ${request.failure()?.errorText ?? ""}`));
      page.on("response", (response) => {
        if (response.status() >= 400) faults.push(`answer ${response.status()}: ${response.url()}`);
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Leaves a picture of the page under `test/e2e/screenshots`, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png`, animations: "disabled" });
}

/** The row of a list of statements (or sessions) that holds `text`; the newest of several. */
export function rowWith(page: Page, text: string) {
  return page.getByRole("grid").first().getByRole("row").filter({ hasText: text }).last();
}
