/** Signs in, makes credentials, presents tokens, does all of it wrong too, and looks for the secrets wherever they could have gone. */
import { readFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type CallName, calls } from "../../proxy/api/contract.ts";
import { identitySettingsFor } from "../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../proxy/demo/identity-provider/identity-provider.ts";
import { demoMachine, demoPeople } from "../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../proxy/demo/identity-provider/scripted-browser.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import type { BrowserClient } from "../support/browser-client.ts";
import { type Canary, canaryOf } from "../support/canaries/canary.ts";
import { ObservedHome, type ObservedProgram } from "../support/canaries/observed-program.ts";
import { OverheardTokens } from "../support/canaries/overheard-tokens.ts";
import { findCanaries, type Place } from "../support/canaries/places.ts";
import { runClient } from "../support/clients.ts";
import { machineToken, signInAt } from "../support/identity/application.ts";
import { writeIdentityJson } from "../support/identity/identity-json.ts";
import { freePort } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const { mysql } = inject("servers");

const planted = {
  passphrase: canaryOf("the passphrase"),
  person: canaryOf("a person at the provider"),
  machine: canaryOf("a machine at the provider"),
  wrong: canaryOf("a client that has it wrong"),
  wrongPerson: canaryOf("a person who has it wrong"),
};
const canaries = Object.values(planted);

describe.skipIf(mysql === null)("secrets of who signs in", () => {
  const directory = temporaryDirectory();
  const home = new ObservedHome(directory.path);
  const tokens = new OverheardTokens();
  const environment = { STENOGRAPH_PASSPHRASE: planted.passphrase.text, UPSTREAM_PW: mysql?.app.password ?? "" };
  const server = mysql ?? { host: "", port: 0, app: { user: "", password: "" } };
  const [dana, ...others] = demoPeople();
  const person = { ...dana, password: planted.person.text };
  const minted: Canary[] = [];
  const ofMachines: Canary[] = [];
  let provider: IdentityProvider;

  beforeAll(async () => {
    if (mysql === null) return;
    provider = await startIdentityProvider({
      people: [person, ...others],
      machine: { ...demoMachine(), clientSecret: planted.machine.text },
    });
    writeIdentityJson(home.data, identitySettingsFor(provider));
    await workInBrowser();
    await workOnCommandLine();
  }, 240_000);

  afterAll(async () => {
    tokens[Symbol.dispose]();
    await home[Symbol.asyncDispose]();
    await provider?.stop();
    directory[Symbol.dispose]();
  });

  async function workInBrowser(): Promise<void> {
    const serving = home.start(["serve", "--data", home.data], environment);
    await serving.printed(/"event":"serving"/, "stdout");
    const { client: api } = await home.browse(serving);
    await askWithoutRight(api);
    await signIn(api);
    const port = await listen(api);
    await presentCredentials(api, port);
    await presentMachines(api, port);
    await presentTokens(port);
    await crash(serving, api, port);
    await read(api);
    home.seeFiles();
    await api.call("identity.signOut", {});
    await askWithoutRight(api);
    expect(await serving.end()).toBe(0);
    expect(await home.start(["sessions", "--json", "--data", home.data], environment).ended()).toBe(0);
    expect(await home.start(["statements", "--json", "--rows", "--data", home.data], environment).ended()).toBe(0);
  }

  /** Every call, by somebody who may not use it. */
  async function askWithoutRight(api: BrowserClient): Promise<void> {
    for (const name of Object.keys(calls) as CallName[]) {
      if (name.startsWith("identity.")) continue;
      await api.call(name, {} as never).catch(() => undefined);
    }
  }

  async function signIn(api: BrowserClient): Promise<void> {
    const wrong = await api.call("identity.signIn", {});
    await expect(new ScriptedBrowser(api.home).signIn(wrong.url, { ...person, password: planted.wrongPerson.text })).rejects.toThrow();
    await api.call("identity.cancel", {});
    const { url } = await api.call("identity.signIn", {});
    const redirect = new URL(url).searchParams.get("redirect_uri") ?? "";
    const spoilt = `${redirect}?code=${encodeURIComponent(planted.wrongPerson.text)}&state=wrong`;
    const { cookie } = api.home;
    home.see("the page for a wrong answer", await (await fetch(spoilt, { headers: { cookie } })).text());
    home.see("the page that asks for an answer again", await (await fetch(spoilt)).text());
    home.see("the page for an answer of nobody known", await (await fetch(`${spoilt}&again`)).text());
    const arrived = await new ScriptedBrowser(api.home).signIn(url, person);
    home.see("the page behind the sign-in", arrived.text);
    await vi.waitFor(async () => expect((await api.call("identity.get", {})).identity.state).toBe("signed-in"), 20_000);
  }

  async function listen(api: BrowserClient): Promise<number> {
    const { host, port, app } = server;
    const listen = { host: "127.0.0.1", port: await freePort() };
    const changes = { identity: "sign-in", listen, upstream: { host, port }, upstreamUser: app.user, clientUser: null } as const;
    await api.call("connections.save", { connection: connectionOf(changes), secrets: { upstreamPassword: app.password } });
    expect(await api.call("connections.start", { id: "shop" })).toMatchObject({ state: "listening" });
    return listen.port;
  }

  async function run(port: number, user: string, password: string): Promise<void> {
    const connection = await createConnection({ host: "127.0.0.1", port, user, password });
    await connection.query("SELECT 'shown', CURRENT_USER()");
    await expect(connection.query("SELECT nonsense")).rejects.toThrow();
    await connection.end();
  }

  async function presentCredentials(api: BrowserClient, port: number): Promise<void> {
    for (let times = 0; times < 2; times += 1) {
      const { credential, password } = await api.call("credentials.mint", { connection: "shop" });
      minted.push({ of: `minted credential ${times}`, text: password, password: true });
      await run(port, credential.user, password);
      await expect(run(port, credential.user, planted.wrong.text)).rejects.toThrow();
      if (times === 1) continue;
      await api.call("credentials.revoke", { id: credential.id });
      await expect(run(port, credential.user, password)).rejects.toThrow();
    }
    await api.call("credentials.list", {});
  }

  async function presentMachines(api: BrowserClient, port: number): Promise<void> {
    const settings = { name: "job", owner: person.name, groups: ["jobs"], connections: null, until: null, tokenSubject: null };
    const { machine, secret } = await api.call("machines.register", settings);
    const rotated = await api.call("machines.rotate", { id: machine.id });
    for (const [time, made] of [secret, rotated.secret].entries()) {
      ofMachines.push({ of: `secret ${time} of a machine`, text: made?.secret ?? "", password: true });
    }
    await run(port, machine.user, rotated.secret?.secret ?? "");
    await expect(run(port, machine.user, secret?.secret ?? "")).rejects.toThrow();
    await api.call("machines.register", { ...settings, name: "report", tokenSubject: provider.machine.clientId });
    await api.call("machines.list", {});
  }

  /** As passwords: of a person and of a machine, right and wrong, over TLS and without. */
  async function presentTokens(port: number): Promise<void> {
    const { access_token: token, id_token: idToken = "" } = await signInAt(provider, person, {
      parameters: { resource: provider.audience },
    });
    const present = (password: string, ...args: string[]) => {
      const target = { host: "127.0.0.1", port, user: "token", password };
      return runClient("mysql", target, ["--enable-cleartext-plugin", ...args, "--execute=SELECT 'shown'"]);
    };
    expect(await present(token, "--ssl-mode=REQUIRED")).toMatchObject({ exitCode: 0 });
    expect(await present(await machineToken(provider), "--ssl-mode=REQUIRED")).toMatchObject({ exitCode: 0 });
    const [header, payload, signature] = token.split(".");
    for (const wrong of [idToken, `${header}.${payload}.A${signature?.slice(1)}`, `${header}.${payload}.`, planted.wrong.text]) {
      const refused = await present(wrong, "--ssl-mode=REQUIRED");
      expect(refused.exitCode).not.toBe(0);
      home.see("what a refused client was told", refused.stderr);
    }
    expect((await present(token, "--ssl-mode=DISABLED")).exitCode).not.toBe(0);
  }

  async function crash(serving: ObservedProgram, api: BrowserClient, port: number): Promise<void> {
    const { credential, password } = await api.call("credentials.mint", { connection: "shop" });
    minted.push({ of: "a credential that outlives the relay", text: password, password: true });
    serving.child.kill("SIGUSR2");
    await serving.printed(/crashed on purpose/);
    await vi.waitFor(() => run(port, credential.user, password), 30_000);
  }

  async function read(api: BrowserClient): Promise<void> {
    const { rows } = await api.call("statements.page", { filter: "", offset: 0, limit: 1000 });
    for (const { session, seq } of rows) {
      await api.call("statements.get", { session, seq });
      await api.call("sessions.get", { session });
    }
    const settings = await api.call("identity.settings", {});
    await api.call("identity.testSettings", settings);
    await api.call("identity.saveSettings", settings);
    await api.call("connections.snippets", { id: "shop" });
    await api.call("sessions.list", { limit: 1000 }).catch(() => undefined);
  }

  /** A sign-in by a code, which is kept, told of, used to record, and ended. */
  async function workOnCommandLine(): Promise<void> {
    const login = home.start(["login", "--data", home.data], environment);
    const [, address = ""] = await login.printed(/or open (\S+)/);
    await new ScriptedBrowser().signIn(address, person);
    expect(await login.ended()).toBe(0);
    expect(await home.start(["whoami", "--json", "--data", home.data], environment).ended()).toBe(0);
    const upstream = ["--upstream", `mysql://${server.app.user}@${server.host}:${server.port}`, "--upstream-password-env", "UPSTREAM_PW"];
    const who = ["--auth", "mapped", "--identity", "sign-in"];
    const record = home.start(["record", "--data", home.data, "--listen", "127.0.0.1:0", ...upstream, ...who], environment);
    const [line] = await record.printed(/^\{.*\}$/m, "stdout");
    const { port } = JSON.parse(line) as { port: number };
    const [, user = "", password = ""] =
      /user="(.*)"\npassword="(.*)"/.exec(readFileSync(`${home.data}/identity/client.cnf`, "utf8")) ?? [];
    minted.push({ of: "the credential that record leaves", text: password, password: true });
    await run(port, user, password);
    home.seeFiles();
    expect(await record.end()).toBe(0);
    expect(await home.start(["logout", "--data", home.data], environment).ended()).toBe(0);
  }

  const all = () => [...canaries, ...home.made, ...tokens.heard, ...minted, ...ofMachines];

  /** Where a secret may be, and nowhere else. */
  function belongs(canary: Canary, { name }: Place, form: string): boolean {
    if (canary.of === "the one-time token") return /: standard (output|error)$/.test(name) || name.includes("stenograph-open-");
    if (canary.of === "an ID token") return /identity\/sign-ins\/[^/]+\.json$/.test(name);
    if (canary.of === "the credential that record leaves") return name.endsWith("identity/client.cnf");
    if (minted.includes(canary)) return name === "message to a browser";
    if (!ofMachines.includes(canary)) return false;
    return name === "message to a browser" || (name.endsWith("machines.json") && /^(sha1 of sha1|sha256 of sha256)/.test(form));
  }

  it("were all made and heard", () => {
    const kinds = new Set(tokens.heard.map(({ of }) => of));
    expect(kinds).toEqual(new Set(["an access token", "a refresh token", "an ID token", "a device code", "an authorization code"]));
    expect(minted.length).toBeGreaterThanOrEqual(4);
    expect(ofMachines).toHaveLength(2);
    expect(home.places().some(({ name }) => name.endsWith("access-log.jsonl"))).toBe(true);
    expect(home.places().some(({ name, content }) => name.includes("cmdline") && content.includes("keyring-process"))).toBe(true);
  });

  it("are nowhere but where they belong", () => {
    expect(findCanaries(all(), home.places(), belongs)).toEqual([]);
  });

  it("are told once, where they are told at all", () => {
    const messages = home.places().filter(({ name }) => name === "message to a browser");
    for (const canary of [...minted.filter(({ of }) => of !== "the credential that record leaves"), ...ofMachines]) {
      const telling = messages.filter((message) => findCanaries([canary], [message]).length > 0);
      expect([canary.of, telling.length]).toEqual([canary.of, 1]);
    }
  });

  it("leave no private key in any file but those of the proxy's own certificate", () => {
    const privateKeys = home
      .places()
      .filter(({ content }) => content.includes("PRIVATE KEY") || /"d":\s*"[\w-]{40,}"/.test(String(content)));
    for (const { name } of privateKeys) expect(name).toMatch(/data\/tls\/(ca-key|server|password-key)\.pem$/);
  });
});
