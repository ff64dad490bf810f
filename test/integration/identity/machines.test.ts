import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection as connect, type Connection as Mysql } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import type { Machine, MachineSettings } from "../../../proxy/api/contract.ts";
import { identitySettingsFor } from "../../../proxy/demo/demo-identity.ts";
import { startIdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { BrowserClient } from "../../support/browser-client.ts";
import { machineToken } from "../../support/identity/application.ts";
import { startMcpAgent } from "../../support/mcp-agent.ts";
import { available, freePort, type ServerAddress } from "../../support/servers.ts";
import { listSessions, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const assistant: MachineSettings = {
  name: "desk assistant",
  owner: "Ravi Menon",
  groups: ["agents"],
  connections: null,
  until: null,
  tokenSubject: null,
};

/** A running `serve`, used as one browser does. */
interface Workstation {
  readonly data: string;
  readonly api: BrowserClient;
  end(): Promise<void>;
}

async function startWorkstation(): Promise<Workstation> {
  const directory = temporaryDirectory();
  const running = await startStenograph(["serve", "--data", directory.path, "--no-open"]);
  const { url } = running.first as unknown as { readonly url: string };
  const api = await BrowserClient.connect(url, await BrowserClient.letIn(url));
  const end = async (): Promise<void> => {
    api.drop();
    await running.end();
    directory[Symbol.dispose]();
  };
  return { data: directory.path, api, end };
}

/** Saves and starts a connection to `server` whose clients are who they signed in as; resolves to its port. */
async function listen({ api }: Workstation, server: ServerAddress, id: string): Promise<number> {
  const connection = connectionOf({
    id,
    name: id,
    identity: "sign-in",
    listen: { host: "127.0.0.1", port: await freePort() },
    upstream: { host: server.host, port: server.port },
    upstreamUser: server.app.user,
    clientUser: null,
  });
  await api.call("connections.save", { connection, secrets: { upstreamPassword: server.app.password } });
  expect(await api.call("connections.start", { id })).toMatchObject({ state: "listening" });
  return connection.listen.port;
}

/** Signs in; what is left open is dropped at the end of the test. */
async function signIn(port: number, account: Pick<Account, "user" | "password">): Promise<Mysql> {
  const { user, password } = account;
  const connection = await connect({ host: "127.0.0.1", port, user, password });
  onTestFinished(() => connection.destroy());
  return connection;
}

/** Resolves to why the server ended the session. */
function endOf(connection: Mysql): Promise<Error> {
  return new Promise((resolve) => {
    connection.on("error", resolve);
  });
}

interface Account {
  readonly machine: Machine;
  readonly user: string;
  readonly password: string;
}

describe.each(available(inject("servers")))("a machine at $kind", (server) => {
  let workstation: Workstation;
  let port: number;
  beforeAll(async () => {
    workstation = await startWorkstation();
    port = await listen(workstation, server, "shop");
  });
  afterAll(() => workstation.end());

  /** Registers it under a name of its own. */
  async function register(changes: Partial<MachineSettings>): Promise<Account> {
    const { machine, secret } = await workstation.api.call("machines.register", { ...assistant, ...changes });
    if (secret === null) throw new Error("the machine got no secret");
    return { machine, user: secret.user, password: secret.secret };
  }

  it("is an MCP server: what it did is its own in the timeline, and its owner is named", async () => {
    const { user, password } = await register({});
    const agent = await startMcpAgent({ port, user, password, database: "information_schema" }, "list,read");
    try {
      const answer = await agent.call("run_select_query", { query: "SELECT 6 * 7 AS answer" });
      expect(JSON.parse(answer.text)).toEqual([{ answer: 42 }]);
    } finally {
      await agent.close();
    }
    const shown = await vi.waitUntil(
      async () => {
        const page = await workstation.api.call("statements.page", { filter: 'actor:"desk assistant" "6 * 7"', offset: 0, limit: 10 });
        return page.rows[0];
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(shown).toMatchObject({ actor: "desk assistant", actorKind: "machine", actorOwner: "Ravi Menon", authenticated: true });

    const sessions = (await listSessions(workstation.data)).filter(({ id }) => id === shown.session);
    expect(sessions).toMatchObject([
      {
        actor: { kind: "machine", name: "desk assistant", owner: "Ravi Menon", groups: ["agents"], authenticated: true, via: "secret" },
        claimed: { _client_name: "Node-MySQL-2" },
      },
    ]);
  });

  it("signs in with the new secret after a rotation, and not with the old one", async () => {
    const { machine, user, password } = await register({ name: "rotated" });
    await signIn(port, { user, password });
    const { secret } = await workstation.api.call("machines.rotate", { id: machine.id });
    expect(secret).toEqual({ user, secret: expect.not.stringContaining(password) });
    await expect(signIn(port, { user, password })).rejects.toMatchObject({ errno: 1045 });
    const [rows] = await (await signIn(port, { user, password: secret?.secret ?? "" })).query("SELECT 1 AS one");
    expect(rows).toEqual([{ one: 1 }]);
  });

  it("is refused, and its open session ended, once it is revoked", async () => {
    const account = await register({ name: "revoked" });
    const ended = endOf(await signIn(port, account));
    const { revokedAt } = await workstation.api.call("machines.revoke", { id: account.machine.id });
    expect(revokedAt).toEqual(expect.any(Number));
    const why = "The machine identity “revoked” was revoked at Stenograph. Ask Ravi Menon or an administrator for another one.";
    expect((await ended).message).toContain(why);
    await expect(signIn(port, account)).rejects.toMatchObject({ errno: 1045, message: expect.stringContaining(why) });
    const ofAccount = async () => {
      const { sessions } = await workstation.api.call("sessions.list", { limit: 100 });
      const closed = sessions.filter(
        ({ actor, account: user, endedAt }) => endedAt !== null && (actor.name === "revoked" || user === account.user),
      );
      return closed.length === 2 ? closed : null;
    };
    expect(await vi.waitUntil(ofAccount, { timeout: 20_000, interval: 50 })).toMatchObject([
      // Whose credential has ended proves nobody any more.
      { actor: { authenticated: false }, closeCause: "identity-ended" },
      { actor: { kind: "machine", name: "revoked", authenticated: true }, closeCause: "identity-ended" },
    ]);
  });

  it("is refused, and its open session ended, when its time is over", async () => {
    const account = await register({ name: "short-lived", until: (Date.now() + 5000) * 1000 });
    const { message } = await endOf(await signIn(port, account));
    const why = "The machine identity “short-lived” has expired at Stenograph.";
    expect(message).toContain(why);
    await expect(signIn(port, account)).rejects.toMatchObject({ errno: 1045, message: expect.stringContaining(why) });
  });

  it("uses the connections that it was registered for, and no other", async () => {
    const account = await register({ name: "limited", connections: ["shop"] });
    const elsewhere = await listen(workstation, server, "vault");
    await signIn(port, account);
    await expect(signIn(elsewhere, account)).rejects.toMatchObject({ errno: 1045 });
  });

  it("tells its secret once, and leaves it nowhere", async () => {
    const { machine, user, password } = await register({ name: "discreet" });
    await signIn(port, { user, password });
    const { api, data } = workstation;
    api.received.length = 0;
    await api.call("machines.list", {});
    expect(api.received.join()).toContain(machine.id);
    expect(api.received.join()).not.toContain(password);
    const log = readFileSync(join(data, "access-log.jsonl"), "utf8");
    expect(log).toMatch(new RegExp(`"machine-registered".*${machine.id}`));
    expect(log + readFileSync(join(data, "machines.json"), "utf8")).not.toContain(password);
  });
});

describe("a machine of the identity provider", () => {
  const [server] = available(inject("servers"));

  it.runIf(server !== undefined)("presents the provider's token, where it is registered with the provider's name for it", async () => {
    if (server === undefined) return;
    await using provider = await startIdentityProvider();
    const workstation = await startWorkstation();
    onTestFinished(() => workstation.end());
    const { api, data } = workstation;
    const port = await listen(workstation, server, "shop");
    const { clientId: tokenSubject } = provider.machine;
    expect((await api.call("machines.register", { ...assistant, name: "nightly report", tokenSubject })).secret).toBeNull();
    // From here on nobody may do anything without a sign-in: what follows is the machine's own doing.
    await api.call("identity.saveSettings", identitySettingsFor(provider));
    const ca = readFileSync(join(data, "tls", "ca.pem"), "utf8");
    const password = await machineToken(provider);
    const connection = await connect({ host: "127.0.0.1", port, user: "token", password, ssl: { ca }, enableCleartextPlugin: true });
    await connection.query("SELECT 1");
    await connection.end();
    const { issuer } = provider;
    const actor = {
      kind: "machine",
      name: "nightly report",
      owner: "Ravi Menon",
      issuer,
      subject: tokenSubject,
      authenticated: true,
      via: "token",
    };
    await vi.waitFor(async () => expect(await listSessions(data)).toMatchObject([{ actor, closeCause: "client-quit" }]), {
      timeout: 20_000,
    });
  });
});
