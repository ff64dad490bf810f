/** A browser that is not let in, or not any more, is told what to do. */
import { type BrowserHost, startBrowserHost } from "../support/renderer/browser-host.ts";
import { expect, picture, test } from "../support/renderer/watched-page.ts";

for (const theme of ["light", "dark"] as const) {
  test(`a browser without a cookie gets a page that says how to get in (${theme})`, async ({ page, faults }) => {
    await page.emulateMedia({ colorScheme: theme });
    const host = await startBrowserHost();
    await page.goto(new URL("/", host.url).href);
    await expect(page.getByRole("heading", { name: "This browser is not signed in" })).toBeVisible();
    await expect(page.getByText("the newest address that it printed")).toBeVisible();
    await picture(page, `not-signed-in-${theme}`);
    await page.goto(host.url);
    await expect(page.getByRole("heading", { name: "Nothing to record yet" })).toBeVisible();
    await page.close();
    await host.end();
    faults.length = 0;
  });
}

test("a page that is open while Stenograph is started again says so, and goes on once the browser is let in again", async ({
  page,
  context,
  faults,
}) => {
  const first = await startBrowserHost();
  await page.goto(first.url);
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();
  const port = Number(new URL(first.url).port);
  await first.end();
  const second: BrowserHost = await startBrowserHost(port);
  const banner = page.getByRole("alert").filter({ hasText: "Not signed in. Stenograph was started again" });
  await expect(banner).toBeVisible();

  const other = await context.newPage();
  await other.goto(second.url);
  await expect(banner).toBeHidden();
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();
  await page.close();
  await other.close();
  await second.end();
  faults.length = 0;
});
