import { readFile } from "node:fs/promises";
import { createConnection as createMariadbConnection } from "mariadb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import type { ClientIdentity } from "../../proxy/relay/client-identity.ts";
import type { ConnectionPhaseFacts } from "../../proxy/relay/connection-phase-facts.ts";
import { runClient } from "../support/clients.ts";
import { connectionWith, mappedConnection } from "../support/connection-phase-settings.ts";
import { newClientIdentity, type PhaseProxy, startPhaseProxy } from "../support/phase-proxy.ts";
import type { Account, ServerAddress } from "../support/servers.ts";

const { mariadb, mysql } = inject("servers");
const query =
  "SELECT CONNECTION_ID() AS id, CURRENT_USER() AS account, VARIABLE_VALUE AS cipher FROM STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";
const alice: Account = { user: "alice", password: "alicepw" };
const wrong = "wr0ng-pw";

interface Answer {
  readonly id: number;
  readonly account: string;
  /** Cipher of the upstream's side; empty without TLS. */
  readonly cipher: string;
}

type ClientName = "mariadb" | "mysql" | "mysql2" | "mariadb-connector";
type Ask = (port: number, account: Account, tls: boolean, sql: string) => Promise<string[]>;

/** One row of one query by an unmodified client; throws with the client's own message. */
const clients: Record<ClientName, Ask> = {
  mariadb: (port, account, tls, sql) => byProgram("mariadb", port, account, tls ? ["--ssl"] : ["--skip-ssl"], sql),
  mysql: (port, account, tls, sql) =>
    byProgram("mysql", port, account, [`--ssl-mode=${tls ? "REQUIRED" : "DISABLED"}`, "--get-server-public-key"], sql),
  mysql2: async (port, { user, password }, tls, sql) => {
    const ssl = tls ? { ssl: { rejectUnauthorized: false } } : {};
    const connection = await createConnection({ host: "127.0.0.1", port, user, password, ...ssl });
    const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
    await connection.end();
    return (rows[0] ?? []).map(String);
  },
  "mariadb-connector": async (port, { user, password }, tls, sql) => {
    const ssl = tls ? { ssl: { rejectUnauthorized: false } } : {};
    const options = { host: "127.0.0.1", port, user, password, allowPublicKeyRetrieval: true, rowsAsArray: true };
    const connection = await createMariadbConnection({ ...options, ...ssl });
    const rows: unknown[][] = await connection.query(sql);
    await connection.end();
    return (rows[0] ?? []).map(String);
  },
};

async function byProgram(program: "mariadb" | "mysql", port: number, account: Account, args: string[], sql: string): Promise<string[]> {
  const run = await runClient(program, { host: "127.0.0.1", port, ...account }, [
    ...args,
    "--batch",
    "--skip-column-names",
    `--execute=${sql}`,
  ]);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  return run.stdout.trimEnd().split("\t");
}

async function ask(client: ClientName, port: number, account: Account, tls: boolean, server: ServerAddress): Promise<Answer> {
  const status = server.kind === "mysql" ? "performance_schema.session_status" : "information_schema.SESSION_STATUS";
  const [id, name, cipher] = await clients[client](port, account, tls, query.replace("STATUS", status));
  return { id: Number(id), account: String(name), cipher: cipher ?? "" };
}

let identity: ClientIdentity;
let removeIdentity: () => Promise<void>;
let proxy: PhaseProxy | null = null;

beforeAll(async () => {
  const made = await newClientIdentity();
  identity = made.identity;
  removeIdentity = made.remove;
});
afterEach(async () => {
  await proxy?.stop();
  proxy = null;
});
afterAll(() => removeIdentity());

async function start(server: ServerAddress, changes: Partial<Connection>, upstreamPassword: string | null = null): Promise<PhaseProxy> {
  const { host, port } = server;
  const secrets = { upstreamPassword, clientPassword: alice.password };
  const connection = changes.auth === "mapped" ? mappedConnection(changes) : connectionWith(changes);
  proxy = await startPhaseProxy({ ...connection, upstream: { host, port } }, identity, secrets);
  return proxy;
}

let accountCount = 0;

/** An account that no one has signed in with, so that its first sign-in cannot take a fast path. */
async function newAccount(server: ServerAddress, password = "Sécret pw"): Promise<Account> {
  accountCount += 1;
  const user = `phase${process.pid}_${accountCount}`;
  await asRoot(server, `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  return { user, password };
}

async function asRoot(server: ServerAddress, sql: string): Promise<void> {
  const connection = await createConnection({ host: server.host, port: server.port, ...server.root });
  await connection.query(sql);
  await connection.end();
}

function lastFacts(running: PhaseProxy): ConnectionPhaseFacts {
  const end = running.ends.at(-1);
  if (end?.kind !== "signed-in") throw new Error(`no session: ${JSON.stringify(end)}`);
  return end.facts;
}

const sides = [
  { clientTls: false, upstreamTls: false },
  { clientTls: false, upstreamTls: true },
  { clientTls: true, upstreamTls: false },
  { clientTls: true, upstreamTls: true },
];

function combinations<Name extends ClientName>(...names: Name[]) {
  return names.flatMap((client) => sides.map((side) => ({ client, ...side })));
}

async function signsIn(
  running: PhaseProxy,
  client: ClientName,
  account: Account,
  tls: { client: boolean; upstream: boolean },
  server: ServerAddress,
  as: Account,
) {
  const answer = await ask(client, running.port, account, tls.client, server);
  const facts = lastFacts(running);
  expect(answer.account).toBe(`${as.user}@%`);
  expect(answer.cipher).toBe(facts.tls.upstream?.cipher ?? "");
  expect(facts).toMatchObject({ threadId: answer.id, account: as.user, upstreamAddress: `127.0.0.1:${server.port}` });
  expect(facts.upstreamVersion).toContain(server.version);
  expect({ client: facts.tls.client !== null, upstream: facts.tls.upstream !== null }).toEqual(tls);
  expect(facts.claimed).toHaveProperty("_client_name");
}

describe.runIf(mysql !== null)("MySQL with caching_sha2_password", () => {
  const server = mysql as ServerAddress;
  const plugin = "caching_sha2_password";

  it.each(combinations("mysql", "mariadb", "mysql2", "mariadb-connector"))(
    "passes $client through in full, then fast (TLS of client $clientTls, upstream $upstreamTls)",
    async (each) => {
      const account = await newAccount(server);
      const running = await start(server, { upstreamTls: each.upstreamTls ? "required" : "off" });
      const tls = { client: each.clientTls, upstream: each.upstreamTls };
      await signsIn(running, each.client, account, tls, server, account);
      await signsIn(running, each.client, account, tls, server, account);
      expect(lastFacts(running).authPlugin).toBe(plugin);
    },
  );

  it.each(combinations("mysql", "mariadb", "mysql2", "mariadb-connector"))(
    "maps $client to the stored account in full, then fast (TLS of client $clientTls, upstream $upstreamTls)",
    async (each) => {
      const stored = await newAccount(server);
      const running = await start(
        server,
        { auth: "mapped", upstreamUser: stored.user, upstreamTls: each.upstreamTls ? "required" : "off" },
        stored.password,
      );
      const tls = { client: each.clientTls, upstream: each.upstreamTls };
      await signsIn(running, each.client, alice, tls, server, stored);
      await signsIn(running, each.client, alice, tls, server, stored);
      expect(lastFacts(running).authPlugin).toBe(plugin);
    },
  );

  it.each(sides)("passes sha256_password through (TLS of client $clientTls, upstream $upstreamTls)", async ({ clientTls, upstreamTls }) => {
    const account = await newAccount(server);
    await asRoot(server, `ALTER USER '${account.user}'@'%' IDENTIFIED WITH sha256_password BY '${account.password}'`);
    const running = await start(server, { upstreamTls: upstreamTls ? "required" : "off" });
    const tls = { client: clientTls, upstream: upstreamTls };
    await signsIn(running, "mysql", account, tls, server, account);
    expect(lastFacts(running).authPlugin).toBe("sha256_password");
  });

  it("maps to an account with sha256_password", async () => {
    const stored = await newAccount(server);
    await asRoot(server, `ALTER USER '${stored.user}'@'%' IDENTIFIED WITH sha256_password BY '${stored.password}'`);
    const running = await start(server, { auth: "mapped", upstreamUser: stored.user }, stored.password);
    await signsIn(running, "mysql2", alice, { client: false, upstream: false }, server, stored);
  });
});

describe.runIf(mariadb !== null)("MariaDB with mysql_native_password", () => {
  const server = mariadb as ServerAddress;

  it.each(combinations("mariadb", "mysql2", "mariadb-connector"))(
    "passes $client through (TLS of client $clientTls, upstream $upstreamTls)",
    async (each) => {
      const account = await newAccount(server);
      const running = await start(server, { upstreamTls: each.upstreamTls ? "required" : "off" });
      await signsIn(running, each.client, account, { client: each.clientTls, upstream: each.upstreamTls }, server, account);
      expect(lastFacts(running).authPlugin).toBe("mysql_native_password");
    },
  );

  it.each(combinations("mariadb", "mysql2", "mysql", "mariadb-connector"))(
    "maps $client to the stored account (TLS of client $clientTls, upstream $upstreamTls)",
    async (each) => {
      const running = await start(server, { auth: "mapped", upstreamTls: each.upstreamTls ? "required" : "off" }, server.app.password);
      await signsIn(running, each.client, alice, { client: each.clientTls, upstream: each.upstreamTls }, server, server.app);
    },
  );
});

describe.each([mariadb, mysql].filter((server) => server !== null))("any sign-in to $kind", (server) => {
  const client = server.kind === "mysql" ? "mysql" : "mariadb";

  it.each(["passthrough", "mapped"] as const)("lets in an account with an empty password upstream (%s)", async (auth) => {
    const running = await start(server, { auth, upstreamUser: "nopw" }, "");
    const account = auth === "mapped" ? alice : server.nopw;
    expect((await ask(client, running.port, account, false, server)).account).toBe("nopw@%");
  });

  it.each([
    { what: "a wrong password", user: "app", password: wrong, said: "using password: YES" },
    { what: "no password", user: "app", password: "", said: "using password: NO" },
    { what: "an unknown user", user: "nobody", password: "x", said: "Access denied for user 'nobody'" },
  ])("refuses $what in the upstream's words (passthrough)", async ({ user, password, said }) => {
    const running = await start(server, { upstreamTls: "off" });
    await expect(ask(client, running.port, { user, password }, false, server)).rejects.toThrow(said);
    expect(running.ends.at(-1)).toMatchObject({ kind: "refused", cause: "sign-in-failed", facts: { account: user } });
  });

  it.each([
    { what: "a wrong password", user: "alice", password: wrong, said: "'alice'@'127.0.0.1' (using password: YES)" },
    { what: "no password", user: "alice", password: "", said: "'alice'@'127.0.0.1' (using password: NO)" },
    { what: "an unknown user", user: "app", password: "apppw", said: "'app'@'127.0.0.1' (using password: YES)" },
  ])("refuses $what in the same words, with the name that the client gave (mapped)", async ({ user, password, said }) => {
    const running = await start(server, { auth: "mapped" }, "apppw");
    for (const tls of [false, true]) {
      await expect(ask(client, running.port, { user, password }, tls, server)).rejects.toThrow(`Access denied for user ${said}`);
      expect(running.ends.at(-1)).toMatchObject({ kind: "refused", cause: "sign-in-failed", facts: { account: user } });
    }
  });

  it("says whose fault it is when the stored account is refused, and not more", async () => {
    const running = await start(server, { auth: "mapped", upstreamUser: "app" }, wrong);
    const failure = await ask(client, running.port, alice, false, server).catch((thrown: Error) => thrown.message);
    expect(failure).toContain('The upstream refused the account that is stored for connection "shop"');
    expect(failure).not.toContain("'app'");
    expect(JSON.stringify(running.ends)).not.toContain(wrong);
  });

  it.each(["passthrough", "mapped"] as const)("relays that a database is unknown (%s)", async (auth) => {
    const running = await start(server, { auth }, "apppw");
    const account = auth === "mapped" ? alice : server.app;
    const run = await runClient(client, { host: "127.0.0.1", port: running.port, ...account }, ["--execute=SELECT 1", "nowhere"]);
    expect(run.stderr).toContain("ERROR 1049 (42000): Unknown database 'nowhere'");
    expect(running.ends.at(-1)).toMatchObject({ kind: "refused", facts: { schema: "nowhere" } });
  });

  it.each(["passthrough", "mapped"] as const)("takes schema, character set and flags along (%s)", async (auth) => {
    const running = await start(server, { auth }, "apppw");
    const account = auth === "mapped" ? alice : server.app;
    const options = {
      host: "127.0.0.1",
      port: running.port,
      ...account,
      database: "test",
      multipleStatements: true,
      charset: "latin1_swedish_ci",
    };
    const connection = await createConnection({ ...options, flags: ["FOUND_ROWS"] });
    const [results] = await connection.query<RowDataPacket[][]>("SELECT DATABASE() AS name; SELECT @@character_set_client AS name");
    await connection.end();
    expect(results.map((rows) => rows[0]?.name)).toEqual(["test", "latin1"]);
    expect(lastFacts(running)).toMatchObject({ schema: "test", characterSet: 8 });
  });
});

describe.each([mariadb, mysql].filter((server) => server !== null))("TLS towards $kind", (server) => {
  it.each(["verify-ca", "verify-identity"] as const)(
    "is checked against the certificate authority of the connection (%s)",
    async (upstreamTls) => {
      const running = await start(server, { upstreamTls, upstreamCa: await readFile(server.caFile, "utf8") });
      expect((await ask("mysql2", running.port, server.app, false, server)).cipher).not.toBe("");
    },
  );

  it.each(["verify-ca", "verify-identity"] as const)(
    "is refused where another authority signed the certificate (%s)",
    async (upstreamTls) => {
      const running = await start(server, { upstreamTls, upstreamCa: await readFile(identity.authorityFile, "utf8") });
      await expect(ask("mysql2", running.port, server.app, false, server)).rejects.toThrow("TLS towards the upstream failed");
      expect(running.ends.at(-1)).toMatchObject({ kind: "refused", cause: "upstream-unreachable" });
    },
  );

  it("is refused where the authority's certificate is not one", async () => {
    const upstreamCa = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----";
    const running = await start(server, { upstreamTls: "verify-ca", upstreamCa });
    await expect(ask("mysql2", running.port, server.app, false, server)).rejects.toThrow("TLS towards the upstream failed");
  });
});

describe.runIf(mysql !== null)("TLS towards clients", () => {
  it("bears a certificate that clients can verify by the authority's file and this host's names", async () => {
    const running = await start(mysql as ServerAddress, { clientTls: "required" });
    const target = { host: "localhost", port: running.port, ...(mysql as ServerAddress).app };
    const verify = ["--ssl-mode=VERIFY_IDENTITY", `--ssl-ca=${identity.authorityFile}`, "--execute=SELECT 1"];
    expect(await runClient("mysql", target, verify)).toMatchObject({ exitCode: 0 });
    const maria = ["--ssl-verify-server-cert", `--ssl-ca=${identity.authorityFile}`, "--execute=SELECT 1"];
    expect(await runClient("mariadb", target, maria)).toMatchObject({ exitCode: 0 });
  });

  it("is refused by a client that trusts somebody else, and that is recorded", async () => {
    const server = mysql as ServerAddress;
    const running = await start(server, {});
    const end = running.nextEnd();
    const run = await runClient("mysql", { ...server, ...server.app, port: running.port }, [
      "--ssl-mode=VERIFY_CA",
      `--ssl-ca=${server.caFile}`,
    ]);
    expect(run.exitCode).toBe(1);
    expect(await end).toMatchObject({ kind: "refused", cause: "client-malformed", answer: null });
  });

  it("is demanded where the connection requires it", async () => {
    const server = mysql as ServerAddress;
    const running = await start(server, { clientTls: "required" });
    await expect(ask("mysql", running.port, server.app, false, server)).rejects.toThrow("ERROR 3159 (HY000)");
  });
});
