/** `serve` at the demo's identity provider, with as many browsers as a test wants. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { BrowserClient } from "../browser-client.ts";
import { type RunningStenograph, startStenograph, temporaryDirectory } from "../stenograph.ts";
import { writeIdentityJson } from "./identity-json.ts";

const limitMs = 30_000;

export class ServedWorkstation {
  readonly provider: IdentityProvider;
  readonly dataDirectory: string;
  readonly #running: RunningStenograph;

  private constructor(provider: IdentityProvider, dataDirectory: string, running: RunningStenograph) {
    this.provider = provider;
    this.dataDirectory = dataDirectory;
    this.#running = running;
  }

  /** Starts it for one test, after which all ends. */
  static async start(): Promise<ServedWorkstation> {
    const directory = temporaryDirectory();
    onTestFinished(() => directory[Symbol.dispose]());
    const provider = await startIdentityProvider();
    onTestFinished(() => provider.stop());
    writeIdentityJson(directory.path, identitySettingsFor(provider));
    const running = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
    onTestFinished(async () => void (await running.end()));
    return new ServedWorkstation(provider, directory.path, running);
  }

  get people(): readonly [dba: DemoPerson, approver: DemoPerson, auditor: DemoPerson] {
    return this.provider.people as [DemoPerson, DemoPerson, DemoPerson];
  }

  get port(): string {
    return new URL(this.#addresses()[0] ?? "").port;
  }

  /** Another browser, with a page of it, which it opens by this name. */
  async browser(name = "127.0.0.1"): Promise<BrowserClient> {
    const known = this.#addresses();
    const url = known.at(-1) ?? "";
    const cookie = await BrowserClient.letIn(url);
    await vi.waitUntil(() => this.#addresses().length > known.length, limitMs);
    const client = await BrowserClient.connect(url, cookie, new URL(url).origin.replace("127.0.0.1", name));
    onTestFinished(() => client.drop());
    return client;
  }

  /** Another browser, in which a person signed in. */
  async browserOf(person: DemoPerson): Promise<BrowserClient> {
    const client = await this.browser();
    const { url } = await client.call("identity.signIn", {});
    await new ScriptedBrowser(client.home).signIn(url, person);
    await until(client, "signed-in");
    return client;
  }

  /** What the access log says. */
  log(): Record<string, unknown>[] {
    const lines = readFileSync(join(this.dataDirectory, "access-log.jsonl"), "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  #addresses(): string[] {
    const first = (this.#running.first as unknown as { readonly url: string }).url;
    return [first, ...[...this.#running.stderr().matchAll(/For another browser: (\S+)/g)].map(([, url = ""]) => url)];
  }
}

/** What a browser is told of its person. */
export const stateOf = async (client: BrowserClient) => (await client.call("identity.get", {})).identity;

/** Waits until its person is signed in, or out. */
export async function until(client: BrowserClient, state: "signed-in" | "signed-out"): Promise<void> {
  await vi.waitUntil(async () => (await stateOf(client)).state === state, limitMs);
}
