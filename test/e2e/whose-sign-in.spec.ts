/** In a real browser: an answer that another site's page brings is taken in the browser in which the sign-in began, and in no other. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Browser, Page } from "@playwright/test";
import { identitySettingsFor } from "../../proxy/demo/demo-identity.ts";
import { startIdentityProvider } from "../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../proxy/demo/identity-provider/scripted-browser.ts";
import type { IdentitySettings } from "../../proxy/identity/identity-settings.ts";
import { writeIdentityJson } from "../support/identity/identity-json.ts";
import { expect, picture, test } from "../support/renderer/watched-page.ts";
import { SamlProvider } from "../support/saml/saml-provider.ts";
import { startSamlSite } from "../support/saml/saml-site.ts";
import { type RunningStenograph, startStenograph, temporaryDirectory } from "../support/stenograph.ts";

interface Workstation extends AsyncDisposable {
  readonly running: RunningStenograph;
  readonly url: string;
}

async function startWorkstation(settings: IdentitySettings): Promise<Workstation> {
  const directory = temporaryDirectory();
  writeIdentityJson(directory.path, settings);
  const running = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
  return {
    running,
    url: (running.first as unknown as { readonly url: string }).url,
    [Symbol.asyncDispose]: async () => {
      await running.end();
      directory[Symbol.dispose]();
    },
  };
}

/** The page where the provider wants the person, who pressed the button. */
async function atProvider(window: Page): Promise<Page> {
  const opened = window.context().waitForEvent("page");
  await window.getByRole("button", { name: "Sign in", exact: true }).click();
  return opened;
}

/** A page of another site than the workstation's, with a link to `address`. */
async function linkTo(address: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const page = `<!doctype html><title>Another site</title><a href="${address.replaceAll("&", "&amp;")}">go on</a>`;
  const server = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end(page));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  return {
    url: `http://localhost:${typeof bound === "object" && bound !== null ? bound.port : 0}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function otherBrowser(page: Page): Promise<Page> {
  const browser: Browser | null = page.context().browser();
  if (browser === null) throw new Error("there is no browser");
  return (await browser.newContext()).newPage();
}

test("an OpenID provider's answer", async ({ page, faults }) => {
  test.slow();
  await using provider = await startIdentityProvider();
  const [dba] = provider.people as [DemoPerson];
  await using workstation = await startWorkstation(identitySettingsFor(provider));
  await page.goto(workstation.url);
  const opened = await atProvider(page);
  const url = await page.locator(`a[href^="${provider.issuer}"]`).getAttribute("href");
  await opened.close();
  // The person goes through the provider's pages elsewhere; the answer is not taken there.
  const answer = await new ScriptedBrowser().signIn(url ?? "", dba);
  expect(answer.text).not.toContain("signed in");
  await using site = await linkTo(answer.url);

  const others = await otherBrowser(page);
  await others.goto(site.url);
  await others.getByRole("link").click();
  await expect(others.getByText("it began in another browser")).toBeVisible();
  await picture(others, "sign-in-of-another-browser");
  await others.context().close();
  await expect(page.getByRole("heading", { name: "Waiting for you to sign in" })).toBeVisible();

  const own = await page.context().newPage();
  await own.goto(site.url);
  await own.getByRole("link").click();
  await expect(own.getByRole("heading", { name: `You are signed in as ${dba.name}` })).toBeVisible();
  await own.close();
  await expect(page.getByRole("button", { name: `You: ${dba.name}` })).toBeVisible();
  await page.goto("about:blank");
  faults.length = 0;
});

test("a SAML provider's answer", async ({ page, faults }) => {
  test.slow();
  const provider = await SamlProvider.make();
  await using site = await startSamlSite(provider, (question) => provider.answer(question));
  const entryPoint = site.entryPoint.replace("127.0.0.1", "localhost");
  const roles = [{ group: "dba", role: "admin" }] as const;
  await using workstation = await startWorkstation({
    provider: provider.settings({ entryPoint }),
    roles,
    endOpenSessions: { kind: "at-once" },
  });
  await page.goto(workstation.url);
  const opened = await atProvider(page);
  const others = await otherBrowser(page);
  await others.goto(opened.url());
  await others.getByRole("button", { name: "Sign in as Anna" }).click();
  await expect(others.getByText("it began in another browser")).toBeVisible();
  await others.context().close();
  await opened.getByRole("button", { name: "Sign in as Anna" }).click();
  await expect(opened.getByRole("heading", { name: "You are signed in as Anna Ärlig & Co" })).toBeVisible();
  await expect(page.getByRole("button", { name: "You: Anna Ärlig & Co" })).toBeVisible();
  await page.goto("about:blank");
  faults.length = 0;
});
