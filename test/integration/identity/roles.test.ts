import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type Connection as Mysql } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { type CallName, calls, type StreamEvent } from "../../../proxy/api/contract.ts";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { type IdentityProvider, startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import type { DemoPerson } from "../../../proxy/demo/identity-provider/people.ts";
import { ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { BrowserClient } from "../../support/browser-client.ts";
import { writeIdentityJson } from "../../support/identity/identity-json.ts";
import { available, freePort } from "../../support/servers.ts";
import { listSessions, type RunningStenograph, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

type Identity = StreamEvent<"identity">;

let directory: ReturnType<typeof temporaryDirectory>;
let provider: IdentityProvider;
let workstation: RunningStenograph;

beforeEach(async () => {
  directory = temporaryDirectory();
  provider = await startIdentityProvider();
  writeIdentityJson(directory.path, identitySettingsFor(provider));
  workstation = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
  url = (workstation.first as unknown as { readonly url: string }).url;
});

afterEach(async () => {
  await workstation.end();
  await provider.stop();
  directory[Symbol.dispose]();
});

let url: string;

/** Another browser, with a page of it. The address that lets it in is printed when the one before was used. */
async function browser(): Promise<{ readonly cookie: string; readonly page: BrowserClient }> {
  const cookie = await BrowserClient.letIn(url);
  const before = url;
  await vi.waitUntil(() => {
    const printed = [...workstation.stderr().matchAll(/For another browser: (\S+)/g)].at(-1)?.[1];
    url = printed ?? url;
    return url !== before;
  });
  return { cookie, page: await page(cookie) };
}

async function page(cookie: string): Promise<BrowserClient> {
  const client = await BrowserClient.connect(url, cookie);
  onTestFinished(() => client.drop());
  return client;
}

/** Signs a person in, at the provider's real pages, and waits until the page hears of it. */
async function signIn(client: BrowserClient, person: DemoPerson): Promise<Identity> {
  const heard: Identity[] = [];
  client.follow("identity", {}, (event) => heard.push(event));
  const { url: at, opened } = await client.call("identity.signIn", {});
  expect(opened).toBe(false);
  await new ScriptedBrowser(client.home).signIn(at, person);
  return vi.waitUntil(() => heard.find(({ identity }) => identity.state === "signed-in"), { timeout: 20_000 });
}

const log = () =>
  readFileSync(join(directory.path, "access-log.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("People at one workstation", () => {
  it("are who their own browser signed in as, in all of its pages, and each may do what their groups allow", async () => {
    const [dba, approver, auditor] = provider.people as [DemoPerson, DemoPerson, DemoPerson];
    const seen: Record<string, readonly string[]> = {};
    for (const person of [dba, approver, auditor]) {
      const { cookie, page: first } = await browser();
      const before = await first.call("identity.get", {});
      expect(before.identity).toEqual({ state: "signed-out", provider: provider.issuer, message: null });
      await expect(first.call("sessions.list", { limit: 10 })).rejects.toThrow("Sign in first: this needs the role operator or auditor.");
      const { identity, allowed } = await signIn(first, person);
      expect(identity).toMatchObject({
        actor: {
          kind: "person",
          issuer: provider.issuer,
          subject: person.subject,
          groups: person.groups,
          authenticated: true,
          via: "oidc",
        },
        claims: { sub: person.subject, email: person.email },
      });
      seen[person.user] = allowed;
      const second = await page(cookie);
      expect((await second.call("identity.get", {})).identity).toMatchObject({ state: "signed-in", actor: { subject: person.subject } });
      for (const name of Object.keys(calls) as CallName[]) {
        if (allowed.includes(name) || name.startsWith("identity.")) continue;
        await expect(first.call(name, forbiddenInput as never), name).rejects.toThrow(/^This needs the role|is not right/);
      }
    }
    expect(seen.dana).toEqual(expect.arrayContaining(["credentials.mint", "machines.register", "identity.saveSettings", "sessions.list"]));
    expect(seen.ravi?.filter((name) => !/^(app|status|identity)/.test(name))).toEqual([]);
    expect(seen.ines).toEqual(expect.arrayContaining(["sessions.list", "machines.list"]));
    expect(seen.ines).not.toContain("connections.start");
    expect(log()).toContainEqual(
      expect.objectContaining({
        kind: "refused-call",
        call: "machines.list",
        needs: ["auditor", "admin"],
        actor: expect.objectContaining({ subject: approver.subject }),
      }),
    );
    expect(log()).toContainEqual(expect.objectContaining({ kind: "refused-call", actor: null, call: "sessions.list" }));
    expect(log().filter(({ kind }) => kind === "signed-in")).toHaveLength(3);
  });

  it("are signed out in all pages of their browser at once, and what they followed ends", async () => {
    const [dba] = provider.people as [DemoPerson];
    const { cookie, page: first } = await browser();
    await signIn(first, dba);
    const second = await page(cookie);
    second.follow("sessions.follow", {}, () => undefined);
    await second.call("status.get", {});
    await first.call("identity.signOut", {});
    await vi.waitFor(() => expect(second.received.join()).toContain('"code":"forbidden"'));
    await expect(second.call("connections.list", {})).rejects.toThrow("Sign in first");
    expect(log().map(({ kind }) => kind)).toContain("sign-in-ended");
  });

  it("cannot lock themselves out of the settings of identity", async () => {
    const [dba] = provider.people as [DemoPerson];
    const { page: own } = await browser();
    await signIn(own, dba);
    const settings = await own.call("identity.settings", {});
    await expect(own.call("identity.saveSettings", { ...settings, roles: [] })).rejects.toThrow("No group has the role admin");
    await expect(own.call("identity.saveSettings", { ...settings, roles: [{ group: "others", role: "admin" }] })).rejects.toThrow(
      "You would lose the role admin yourself.",
    );
    const roles = [...settings.roles, { group: "dba", role: "auditor" } as const];
    await own.call("identity.saveSettings", { ...settings, roles });
    expect((await own.call("identity.get", {})).identity).toMatchObject({ roles: ["operator", "auditor", "admin"] });
    expect(await own.call("identity.testSettings", settings)).toMatchObject({
      ok: true,
      message: expect.stringContaining("answers and offers"),
    });
    expect(log().at(-1)).toMatchObject({ kind: "identity-settings-changed", actor: { subject: dba.subject }, provider: provider.issuer });
  });
});

/** Right in shape for calls that only need an id, and wrong for others: those are refused before anything is done too. */
const forbiddenInput = {
  id: "none",
  session: "none",
  connection: "none",
  limit: 1,
  filter: "",
  seq: 1,
  offset: 0,
  buckets: 1,
  from: 0,
  to: 1,
  result: 0,
  cellLimit: 0,
};

describe.each(available(inject("servers")))("A person at $kind", (server) => {
  /** A connection whose clients present credentials; resolves to its port. */
  async function listen(admin: BrowserClient): Promise<number> {
    const port = await freePort();
    const connection = connectionOf({
      identity: "sign-in",
      listen: { host: "127.0.0.1", port },
      upstream: { host: server.host, port: server.port },
      upstreamUser: server.app.user,
      clientUser: null,
    });
    await admin.call("connections.save", { connection, secrets: { upstreamPassword: server.app.password } });
    expect(await admin.call("connections.start", { id: connection.id })).toMatchObject({ state: "listening" });
    return port;
  }

  async function connect(port: number, user: string, password: string): Promise<Mysql> {
    const connection = await createConnection({ host: "127.0.0.1", port, user, password });
    onTestFinished(() => connection.destroy());
    return connection;
  }

  it("runs sessions under a credential of theirs, reads those alone, and is refused when they signed out", async () => {
    const [dba, , auditor] = provider.people as [DemoPerson, DemoPerson, DemoPerson];
    const [{ page: own }, { page: reader }] = [await browser(), await browser()];
    await signIn(own, dba);
    await signIn(reader, auditor);
    const port = await listen(own);
    const { credential, password } = await own.call("credentials.mint", { connection: "shop" });
    expect(credential).toMatchObject({ connection: "shop", user: expect.stringMatching(/^dana-/), until: expect.any(Number) });
    expect(password.length).toBeGreaterThanOrEqual(24);
    expect((await own.call("credentials.list", {})).credentials).toEqual([credential]);
    await expect(reader.call("credentials.mint", { connection: "shop" })).rejects.toThrow("This needs the role operator.");
    const { machine, secret } = await own.call("machines.register", {
      name: "reports",
      owner: "Dana Beck",
      groups: [],
      connections: null,
      until: null,
      tokenSubject: null,
    });
    const client = await connect(port, credential.user, password);
    await client.query("SELECT 'by dana'");
    const job = await connect(port, machine.user, secret?.secret ?? "");
    await job.query("SELECT 'by reports'");
    await job.end();

    const all = { filter: "by", offset: 0, limit: 10 };
    await vi.waitFor(async () => expect((await reader.call("statements.page", all)).total).toBe(2), { timeout: 20_000 });
    expect((await own.call("statements.page", all)).rows).toMatchObject([
      { actor: "Dana Beck", actorKind: "person", actorOwner: null, authenticated: true, sql: "SELECT 'by dana'" },
    ]);
    const bySubject = await reader.call("statements.page", { ...all, filter: `actor:${dba.subject}` });
    expect(bySubject.rows.map(({ sql }) => sql)).toContain("SELECT 'by dana'");
    const hidden = (await reader.call("sessions.list", { limit: 10 })).sessions.find(({ actor }) => actor.kind === "machine");
    await expect(own.call("sessions.get", { session: hidden?.id ?? "" })).rejects.toThrow("There is no session");
    expect((await own.call("sessions.list", { limit: 10 })).sessions.map(({ actor }) => actor.kind)).toEqual(["person"]);
    const [session] = (await own.call("sessions.list", { limit: 1 })).sessions;
    expect(session?.credential).toEqual({ id: credential.id, user: credential.user });
    // A session does not wait long for it, so on a busy machine it may be left out; what is said is right.
    if (session !== undefined && session.process !== null) {
      expect(session.process).toMatchObject({ pid: process.pid, program: process.execPath });
      expect((await own.call("statements.page", { ...all, filter: "process:node by" })).total).toBe(1);
    }

    const ended = new Promise((resolve) => client.on("error", resolve));
    await own.call("identity.signOut", {});
    await ended;
    await expect(connect(port, credential.user, password)).rejects.toThrow("Sign in at Stenograph again and use the new credential.");
    await workstation.end();
    const person = expect.objectContaining({ issuer: provider.issuer, subject: dba.subject, groups: dba.groups, authenticated: true });
    const sessions = await listSessions(directory.path);
    expect(sessions.filter(({ closeCause }) => closeCause === "identity-ended")).toMatchObject([
      { actor: person },
      { closeCause: "identity-ended" },
    ]);
    expect(log().map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["credential-minted", "machine-registered", "sign-in-ended", "refused-client", "refused-call"]),
    );
    const text = readFileSync(join(directory.path, "access-log.jsonl"), "utf8");
    for (const canary of [password, secret?.secret ?? "", dba.password]) expect(text).not.toContain(canary);
  });
});
