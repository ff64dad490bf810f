/** The core goes away: the page says so, keeps what it shows, and goes on trying. */
import { startBrowserHost } from "../support/renderer/browser-host.ts";
import { expect, test } from "../support/renderer/watched-page.ts";

test("a core that ended is reported at the top of the window", async ({ page, faults }) => {
  const host = await startBrowserHost();
  await page.goto(host.url);
  await expect(page.getByText("Recording", { exact: true })).toBeVisible();
  await host.end();
  await expect(page.getByRole("alert")).toContainText("Disconnected, retrying. Stenograph's core");
  await expect(page.getByRole("heading", { name: "Nothing to record yet" })).toBeVisible();
  await page.close();
  // The browser itself reports each try that fails.
  expect(faults.every((fault) => fault.includes("/api") || fault.endsWith("net::ERR_CONNECTION_REFUSED"))).toBe(true);
  faults.length = 0;
});
