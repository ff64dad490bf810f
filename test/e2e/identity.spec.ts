/** People sign in at a real provider's real pages, each in a browser of their own, and work under their own names. */
import type { BrowserContext, Page } from "@playwright/test";
import { createConnection, type Connection as Mysql } from "mysql2/promise";
import { identitySettingsFor } from "../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../proxy/demo/identity-provider/people.ts";
import { writeIdentityJson } from "../support/identity/identity-json.ts";
import { testServers } from "../support/playwright-servers.ts";
import { expect, picture, rowWith, test } from "../support/renderer/watched-page.ts";
import { accounts, available } from "../support/servers.ts";
import { type RunningStenograph, startStenograph, temporaryDirectory } from "../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let provider: IdentityProvider;
let workstation: RunningStenograph;
let browsers: BrowserContext[];

test.beforeEach(async () => {
  directory = temporaryDirectory();
  provider = await startIdentityProvider();
  writeIdentityJson(directory.path, identitySettingsFor(provider));
  workstation = await startStenograph(["serve", "--data", directory.path, "--port", "0", "--no-open"]);
  browsers = [];
});

test.afterEach(async ({ page }) => {
  await page.goto("about:blank");
  await Promise.all(browsers.map((context) => context.close()));
  await workstation.end();
  await provider.stop();
  directory[Symbol.dispose]();
});

/** The address that lets the next browser in. */
async function address(): Promise<string> {
  const printed = [...workstation.stderr().matchAll(/For another browser: (\S+)/g)].at(-1)?.[1];
  return printed ?? (workstation.first as unknown as { readonly url: string }).url;
}

/** Opens the window in `page`; waits until another browser can be let in too. */
async function letIn(page: Page): Promise<void> {
  const url = await address();
  await page.goto(url);
  await expect.poll(address).not.toBe(url);
}

/** A window in a browser of its own, for a person. */
async function windowOf(page: Page): Promise<Page> {
  const context = await page.context().browser()?.newContext();
  if (context === undefined) throw new Error("there is no browser");
  browsers.push(context);
  const opened = await context.newPage();
  await letIn(opened);
  return opened;
}

/** Goes to the provider's page, as the button says. */
async function toProvider(window: Page): Promise<Page> {
  const opened = window.context().waitForEvent("page");
  await window.getByRole("button", { name: /^(Sign in|Try again)$/ }).click();
  const page = await opened;
  await expect(page.getByRole("heading", { name: "Sign in", exact: true })).toBeVisible();
  // A browser may have kept the page from opening: the way there stays in the window.
  await expect(window.getByRole("link", { name: "Open the sign-in page" })).toHaveAttribute("href", /^http:/);
  return page;
}

async function enter(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel("User name").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs in at the provider, lets it tell Stenograph of the person, and comes back. */
async function signIn(window: Page, person: DemoPerson): Promise<void> {
  const page = await toProvider(window);
  await enter(page, person.user, person.password);
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("heading", { name: `You are signed in as ${person.name}` })).toBeVisible();
  await page.close();
  await expect(window.getByRole("button", { name: `You: ${person.name}` })).toContainText("authenticated");
}

function people(): readonly [dba: DemoPerson, approver: DemoPerson, auditor: DemoPerson] {
  const [dba, approver, auditor] = provider.people;
  if (dba === undefined || approver === undefined || auditor === undefined) throw new Error("there are three people");
  return [dba, approver, auditor];
}

/** What the rail and the page about the person offer. */
async function offered(window: Page): Promise<{ readonly screens: string[]; readonly allowed: string[] }> {
  await window.getByRole("button", { name: "You", exact: true }).click();
  const screens = await window.getByRole("navigation", { name: "Screens" }).getByRole("button").allInnerTexts();
  const abilities = await window.getByRole("region", { name: "What they allow" }).getByRole("listitem").allTextContents();
  const allowed = abilities.filter((text) => text.startsWith("Allowed: ")).map((text) => text.slice("Allowed: ".length));
  return { screens: screens.filter((text) => text !== ""), allowed };
}

test("each person sees what their roles allow, works under their own name, and is out when they sign out", async ({ page }) => {
  test.slow();
  const server = available(testServers())[0];
  test.skip(server === undefined, "there is no server on this machine");
  if (server === undefined) return;
  const [dba, approver, auditor] = people();

  await letIn(page);
  await expect(page.getByRole("heading", { name: "Sign in to Stenograph" })).toBeVisible();
  await expect(page.getByText(provider.issuer)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Screens" })).toHaveCount(0);
  await signIn(page, dba);
  expect(await offered(page)).toEqual({
    screens: ["Live", "Sessions", "Connections", "Machines", "You", "Settings"],
    allowed: expect.arrayContaining(["Read recorded sessions, your own", "Connect clients with a credential of one's own"]),
  });
  await expect(page.getByRole("main")).toContainText(dba.email);
  await expect(page.getByRole("row", { name: `sub ${dba.subject}` })).toBeVisible();
  await picture(page, "identity-real-account");

  // A connection whose clients are who signed in, and the person's own credential for it.
  await page.getByRole("button", { name: "Connections", exact: true }).click();
  await page.getByRole("button", { name: "Add a connection" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Shop");
  await page.getByLabel("Upstream", { exact: true }).fill(server.host);
  await page.getByLabel("Upstream port").fill(String(server.port));
  await page.getByLabel("Sign-in").selectOption("mapped");
  await page.getByLabel("Clients are").selectOption("sign-in");
  await page.getByLabel("Upstream account").fill(accounts.app.user);
  await page.getByLabel("Upstream password").fill(accounts.app.password);
  await page.getByRole("button", { name: "Add connection" }).last().click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("button", { name: "Create my credential" }).click();
  const told = page.getByRole("region", { name: "User name and password" });
  const [user = "", password = ""] = await told.getByRole("code").allInnerTexts();
  expect(user).toMatch(/^dana-/);
  for (const client of ["mysql", "JDBC", "Go", "PHP (PDO)", "Python (PyMySQL)", "Node (mysql2)", "Ruby (mysql2)", "MCP server"]) {
    await page.getByRole("tab", { name: client, exact: true }).click();
    await expect(page.getByRole("tabpanel")).toContainText(user);
    if (client !== "mysql") await expect(page.getByRole("tabpanel")).toContainText(password);
    expect(await page.getByRole("tabpanel").innerText()).not.toMatch(/\b(USER|PASSWORD)\b/);
  }
  await picture(page, "identity-real-credential");
  const heading = await page.getByRole("heading", { name: /^Connect through/ }).textContent();
  const port = Number(heading?.split(":").at(-1));
  const connect = (): Promise<Mysql> => createConnection({ host: "127.0.0.1", port, user, password });
  const client = await connect();
  await client.query("SELECT 'by the DBA' AS who");

  await page.getByRole("button", { name: "Live", exact: true }).click();
  const row = rowWith(page, "by the DBA");
  await expect(row).toContainText(`${dba.name}authenticated`);
  await row.click();
  const details = page.getByRole("region", { name: "Statement", exact: true });
  await expect(details.getByTitle(/^Authenticated: /).first()).toContainText(dba.name);
  await picture(page, "identity-real-statement");

  // The auditor reads it, and can change nothing.
  const auditors = await windowOf(page);
  await signIn(auditors, auditor);
  await expect(rowWith(auditors, "by the DBA")).toContainText(dba.name);
  expect(await offered(auditors)).toEqual({
    screens: ["Live", "Sessions", "Connections", "Machines", "You"],
    allowed: ["Read recorded sessions, of everybody", "See connections", "See machines"],
  });
  await picture(auditors, "identity-real-auditor");
  await auditors.getByRole("button", { name: "Connections", exact: true }).click();
  await expect(auditors.getByText("Changing it needs the role admin, which you do not have.")).toBeVisible();
  await expect(auditors.getByRole("button", { name: /^(Start|Stop|Save|Remove|Add connection|Create my credential)$/ })).toHaveCount(0);
  await auditors.getByRole("button", { name: "Sessions", exact: true }).click();
  await rowWith(auditors, dba.name).click();
  await expect(auditors.getByRole("main")).toContainText(`Vouched for by${provider.issuer}`);
  await expect(auditors.getByRole("main")).toContainText(dba.subject);

  // The approver has nothing to read yet, begins with what the role will be for, and is told why elsewhere.
  const approvers = await windowOf(page);
  await signIn(approvers, approver);
  await expect(approvers.getByText("Will decide what waits for approval.")).toBeVisible();
  await approvers.evaluate(() => window.location.assign("#/sessions"));
  await expect(approvers.getByRole("heading", { name: "Not for your roles" })).toBeVisible();
  await expect(approvers.getByText("This screen needs the role operator or auditor, which you do not have.")).toBeVisible();
  expect(await offered(approvers)).toEqual({ screens: ["You"], allowed: [] });
  await picture(approvers, "identity-real-approver");

  // Signing out ends the session that runs, and lets nobody in with the credential any more.
  const ended = new Promise((resolve) => client.on("error", resolve));
  await page.getByRole("button", { name: "You", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Stenograph" })).toBeVisible();
  await ended;
  await expect(connect()).rejects.toThrow(/sign-in at Stenograph has ended/i);
  await expect(
    rowWith(auditors, dba.name).or(auditors.getByText("The sign-in or the credential that it ran under ended")).first(),
  ).toBeVisible();
  client.destroy();
});

test("a wrong password is the provider's to say; cancelling there, and a provider that is down, are told here with what to do", async ({
  page,
  faults,
}) => {
  const [dba] = people();
  await letIn(page);
  const atProvider = await toProvider(page);
  await expect(page.getByRole("heading", { name: "Waiting for you to sign in" })).toBeVisible();
  await enter(atProvider, dba.user, "not the password");
  await expect(atProvider.getByRole("alert")).toContainText("wrong");
  await expect(page.getByRole("heading", { name: "Waiting for you to sign in" })).toBeVisible();
  await atProvider.getByRole("button", { name: "Cancel" }).click();
  await expect(atProvider.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
  await atProvider.close();
  await expect(page.getByRole("alert")).toBeVisible();
  await picture(page, "identity-real-cancelled-there");

  await provider.goAway();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toContainText(/cannot be reached|did not answer|refused/i);
  await picture(page, "identity-real-provider-down");

  await provider.comeBack();
  const again = await toProvider(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: /^(Sign in|Try again)$/ })).toBeVisible();
  await again.close();
  await signIn(page, dba);
  faults.length = 0;
});

test("an administrator is kept from locking themselves out, and a machine is registered, let in under its name, and revoked", async ({
  page,
}) => {
  const [dba] = people();
  await letIn(page);
  await signIn(page, dba);
  await page.getByRole("button", { name: "Settings", exact: true }).click();
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "answers and offers sign-in" })).toBeVisible();
  await page.getByLabel("Role of group 2", { exact: true }).selectOption("operator");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("nobody could change these settings any more");
  await page.getByLabel("Role of group 2", { exact: true }).selectOption("admin");
  await page.getByLabel("Open sessions").selectOption("never");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  await page.getByRole("button", { name: "Machines", exact: true }).click();
  await page.getByRole("button", { name: "Register a machine" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Nightly report");
  await page.getByRole("button", { name: "Register machine" }).last().click();
  await expect(page.getByRole("heading", { name: "Nightly report" })).toBeVisible();
  const told = page.getByRole("region", { name: "User name and secret" });
  const [user = "", first = ""] = await told.getByRole("code").allInnerTexts();
  expect(user).toMatch(/^nightly-report-/);
  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate secret" }).click();
  await expect(told).not.toContainText(first);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke machine" }).click();
  await expect(page.getByText("revoked", { exact: true }).first()).toBeVisible();
  await expect(told).toHaveCount(0);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove machine" }).click();
  await expect(page.getByRole("heading", { name: "No machine yet" })).toBeVisible();
});
