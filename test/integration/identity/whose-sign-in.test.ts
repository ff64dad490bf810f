/** Whoever begins a sign-in and has another person finish it must not get theirs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { rawRequest } from "../../support/api/raw-request.ts";
import { BrowserClient } from "../../support/browser-client.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { type RunningStenograph, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let provider: IdentityProvider;
let workstation: RunningStenograph;
let dba: DemoPerson;

beforeEach(async () => {
  directory = temporaryDirectory();
  provider = await startIdentityProvider();
  [dba] = provider.people as [DemoPerson];
  writeIdentityJson(directory.path, identitySettingsFor(provider));
  workstation = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
});

afterEach(async () => {
  await workstation.end();
  await provider.stop();
  directory[Symbol.dispose]();
});

const addresses = () => [
  (workstation.first as unknown as { readonly url: string }).url,
  ...[...workstation.stderr().matchAll(/For another browser: (\S+)/g)].map(([, url = ""]) => url),
];

/** Another browser, with a page of it, which it opens by this name. */
async function browser(name = "127.0.0.1"): Promise<BrowserClient> {
  const known = addresses();
  const url = known.at(-1) ?? "";
  const cookie = await BrowserClient.letIn(url);
  await vi.waitUntil(() => addresses().length > known.length, 20_000);
  const client = await BrowserClient.connect(url, cookie, new URL(url).origin.replace("127.0.0.1", name));
  onTestFinished(() => client.drop());
  return client;
}

const stateOf = async (client: BrowserClient) => (await client.call("identity.get", {})).identity;
const log = () =>
  readFileSync(join(directory.path, "access-log.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("A sign-in that began in one browser", () => {
  it("is not finished by a person in another one, who is told why, and can be finished in its own", async () => {
    const [own, others] = [await browser(), await browser()];
    const { url } = await own.call("identity.signIn", {});
    for (const stranger of [new ScriptedBrowser(others.home), new ScriptedBrowser()]) {
      const arrived = await stranger.signIn(url, dba);
      // A browser without a cookie is asked once more; one that still has none is another one.
      const told = arrived.status === 403 ? arrived : await stranger.open(`${arrived.url}&again`);
      expect(told).toMatchObject({ status: 403, text: expect.stringContaining("it began in another browser") });
      expect((await stateOf(own)).state).toBe("signing-in");
      expect((await stateOf(others)).state).toBe("signed-out");
    }
    expect((await new ScriptedBrowser(own.home).signIn(url, dba)).text).toContain(`You are signed in as ${dba.name}`);
    await vi.waitFor(async () => expect((await stateOf(own)).state).toBe("signed-in"), 20_000);
    expect((await stateOf(others)).state).toBe("signed-out");
    expect(log()).toContainEqual(
      expect.objectContaining({ kind: "sign-in-answer-refused", message: expect.stringContaining("another browser") }),
    );
  });

  it("is nobody's whose own sign-in is under way, and keeps them from nothing", async () => {
    const [own, others] = [await browser(), await browser()];
    const { url } = await own.call("identity.signIn", {});
    const { url: othersUrl } = await others.call("identity.signIn", {});
    const arrived = await new ScriptedBrowser(others.home).signIn(url, dba);
    expect(arrived).toMatchObject({ status: 400, text: expect.stringContaining("does not belong to this sign-in") });
    expect(await Promise.all([stateOf(own), stateOf(others)])).toMatchObject([{ state: "signing-in" }, { state: "signing-in" }]);
    await new ScriptedBrowser(others.home).signIn(othersUrl, dba);
    await vi.waitFor(async () => expect((await stateOf(others)).state).toBe("signed-in"), 20_000);
    expect((await stateOf(own)).state).toBe("signing-in");
  });

  it("ends at the workstation's own address, by whichever name it is opened, so that a tunnel to it is enough", async () => {
    for (const name of ["127.0.0.1", "localhost"]) {
      const client = await browser(name);
      const { url } = await client.call("identity.signIn", {});
      const { port } = new URL(addresses()[0] ?? "");
      expect(new URL(url).searchParams.get("redirect_uri")).toBe(`http://${name}:${port}/callback`);
    }
  });

  it("is given up for wrong answers of its own browser alone, and answers nobody else's addresses", async () => {
    const own = await browser();
    const { url } = await own.call("identity.signIn", {});
    const { origin, cookie } = own.home;
    const ask = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init).then(({ status }) => status);
    for (let tries = 0; tries < 12; tries += 1) expect(await ask("/callback?state=wrong&again")).toBe(403);
    expect(await ask("/callback?state=wrong", { headers: { cookie, "sec-fetch-dest": "image" } })).toBe(403);
    const rebound = ["GET /callback?state=wrong HTTP/1.1", "Host: evil.example", `Cookie: ${cookie}`];
    expect((await rawRequest(Number(new URL(origin).port), rebound)).status).toBe(403);
    expect(await ask("/callback?state=wrong", { method: "POST", headers: { cookie } })).toBe(405);
    expect((await new ScriptedBrowser(own.home).signIn(url, dba)).text).toContain(`You are signed in as ${dba.name}`);
  });
});
