/** The main job, as a person does it: add a connection, point a client at it, watch, read. Real browser, real servers. */
import { createConnection } from "mysql2/promise";
import { testServers } from "../support/playwright-servers.ts";
import { type BrowserHost, startBrowserHost } from "../support/renderer/browser-host.ts";
import { expect, picture, rowWith, test } from "../support/renderer/watched-page.ts";
import { accounts } from "../support/servers.ts";

let host: BrowserHost;

test.beforeEach(async () => {
  host = await startBrowserHost();
});

test.afterEach(async ({ page }) => {
  // A page that outlives its core reports each try to reach it.
  await page.goto("about:blank");
  await host.end();
});

for (const kind of ["mariadb", "mysql"] as const) {
  test(`a connection to ${kind} is added, tested, used, edited and removed; statements appear within a second and can be read`, async ({
    page,
  }) => {
    const server = testServers()[kind];
    test.skip(server === null, `${kind} is not on this machine`);
    if (server === null) return;
    await page.goto(host.url);

    await expect(page.getByRole("heading", { name: "Nothing to record yet" })).toBeVisible();
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Shop");
    await page.getByLabel("Upstream", { exact: true }).fill(server.host);
    await page.getByLabel("Upstream port").fill(String(server.port));
    await page.getByLabel("Sign-in").selectOption("mapped");
    await page.getByLabel("Upstream account").fill(accounts.app.user);
    await page.getByLabel("Upstream password").fill("not the password");
    await page.getByLabel("Client user name").fill("maria");
    await page.getByLabel("Client password").fill("client-secret");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await expect(page.getByRole("alert").filter({ hasText: /password|denied/i })).toBeVisible();

    await page.getByLabel("Upstream password").fill(accounts.app.password);
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: /accepted the sign-in/ })).toBeVisible();
    await page.getByRole("button", { name: "Add connection" }).last().click();
    await expect(page.getByRole("heading", { name: "Shop" })).toBeVisible();
    expect(await page.content()).not.toContain(accounts.app.password);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
    const address = (await page.getByRole("heading", { name: /^Connect through/ }).textContent())?.split(" ").at(-1) ?? "";
    await picture(page, `${kind}-connection`);

    await page.getByRole("button", { name: "Live" }).click();
    await expect(page.getByRole("heading", { name: "Waiting for the first client" })).toBeVisible();
    await expect(page.getByText(address).first()).toBeVisible();
    await picture(page, `${kind}-waiting`);

    const client = await createConnection({
      host: "127.0.0.1",
      port: Number(address.split(":")[1]),
      user: "maria",
      password: "client-secret",
    });
    await client.query("SELECT 1 AS warm");
    await expect(rowWith(page, "warm")).toBeVisible();
    await client.query("CREATE OR REPLACE VIEW test.e2e_view AS SELECT 1 AS one");
    await client.query("SELECT 7 AS seven, NULL AS nothing, '' AS blank, 0xDEADBEEF AS raw, 'gnp\u202Eexe' AS tricky");
    const ran = Date.now();
    await expect(rowWith(page, "tricky")).toBeVisible({ timeout: 1_000 });
    expect(Date.now() - ran).toBeLessThan(1_000);
    await client.query("SELECT no_such_column").catch(() => undefined);
    await expect(rowWith(page, "no_such_column")).toContainText("error 1054");

    await rowWith(page, "tricky").click();
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("0xDEADBEEF");
    const result = page.getByRole("grid", { name: "Rows of the result" });
    await expect(result.getByRole("gridcell")).toHaveText(["7", "NULL", "empty", "0xDEADBEEF", "gnp[U+202E]exe"]);
    await expect(page.getByRole("region", { name: "Statement", exact: true }).getByText("not authenticated").first()).toBeVisible();
    await picture(page, `${kind}-statement`);

    await client.execute("SELECT CONCAT(?, '!') AS greeting, ? AS number", ["it's", 42]);
    await page.getByRole("combobox", { name: "Filter" }).fill("command:stmt_execute greeting");
    await rowWith(page, "greeting").click();
    await page.getByRole("button", { name: "Inline parameters" }).click();
    await expect(page.getByText("Parameters inlined, not what was recorded.")).toBeVisible();
    await expect(page.locator(".monaco-editor .view-lines")).toContainText("CONCAT('it''s'");
    await client.end();

    await page.getByRole("button", { name: "Sessions", exact: true }).click();
    await expect(rowWith(page, "The client said goodbye")).toBeVisible();
    await rowWith(page, "The client said goodbye").click();
    await expect(page.getByRole("heading", { name: "Session" })).toBeVisible();
    await expect(rowWith(page, "tricky")).toBeVisible();
    await picture(page, `${kind}-session`);

    await page.getByRole("button", { name: "Connections", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill("Shop, renamed");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Shop, renamed" })).toBeVisible();
    await page.getByRole("button", { name: "Remove", exact: true }).first().click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await expect(page.getByRole("heading", { name: "Shop, renamed" })).toBeVisible();
    await page.getByRole("button", { name: "Remove", exact: true }).first().click();
    await page.getByRole("button", { name: "Remove connection" }).click();
    await expect(page.getByRole("heading", { name: "No connection yet" })).toBeVisible();
  });
}
