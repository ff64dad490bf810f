import { readFileSync } from "node:fs";
import { createConnection as createMariadbConnection } from "mariadb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import type { SignedInAgainNote } from "../../proxy/model/session.ts";
import { type RecordedSession, recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { type Account, available, type ServerAddress } from "../support/servers.ts";

const alice: Account = { user: "alice", password: "alicepw-canary" };
const bob: Account = { user: "change_bob", password: "bobpw-canary" };

/** What a session shows of its user and its state. */
interface Shown {
  readonly id: unknown;
  readonly account: unknown;
  readonly db: unknown;
  readonly state: unknown;
}

const shown = "SELECT CONNECTION_ID() AS id, CURRENT_USER() AS account, DATABASE() AS db, @state AS state";

/** A client of which a test needs a few words only. */
interface Client {
  show(): Promise<Shown>;
  run(sql: string): Promise<void>;
  prepared(sql: string, params: unknown[]): Promise<unknown>;
  changeUser(account: Account, database: string): Promise<void>;
  reset(): Promise<void>;
  end(): Promise<void>;
}

type Connect = (port: number, account: Account, tls: boolean, compress?: boolean) => Promise<Client>;

const clients: Record<"mysql2" | "mariadb-connector", Connect> = {
  mysql2: async (port, account, tls, compress = false) => {
    const ssl = tls ? { ssl: { rejectUnauthorized: false } } : {};
    const connection = await createConnection({ host: "127.0.0.1", port, ...account, compress, ...ssl });
    connection.on("error", () => undefined);
    return {
      show: async () => (await connection.query<RowDataPacket[]>(shown))[0][0] as Shown,
      run: async (sql) => void (await connection.query(sql)),
      prepared: async (sql, params) => (await connection.execute<RowDataPacket[]>(sql, params as string[]))[0][0],
      changeUser: async ({ user, password }, database) => void (await connection.changeUser({ user, password, database })),
      reset: async () => void (await connection.reset()),
      end: () => connection.end(),
    };
  },
  "mariadb-connector": async (port, account, tls, compress = false) => {
    const ssl = tls ? { ssl: { rejectUnauthorized: false } } : {};
    // Without a schema from the start it leaves the schema out of its COM_CHANGE_USER, where servers expect one.
    const options = { host: "127.0.0.1", port, ...account, database: "test", allowPublicKeyRetrieval: true, compress, ...ssl };
    const connection = await createMariadbConnection(options);
    connection.on("error", () => undefined);
    return {
      show: async () => (await connection.query<Shown[]>(shown))[0] as Shown,
      run: async (sql) => void (await connection.query(sql)),
      prepared: async (sql, params) => (await connection.execute<unknown[]>(sql, params))[0],
      changeUser: ({ user, password }, database) => connection.changeUser({ user, password, database, charset: "utf8mb4" }),
      reset: () => connection.reset(),
      end: () => connection.end(),
    };
  },
};

let relay: RecordedRelay | null = null;

async function start(server: ServerAddress, connection: Partial<Connection>): Promise<RecordedRelay> {
  relay = await startRecordedRelay({
    upstream: server,
    connection: connection.auth === "mapped" ? { clientUser: alice.user, upstreamUser: server.app.user, ...connection } : connection,
    secrets: { upstreamPassword: server.app.password, clientPassword: alice.password },
  });
  return relay;
}

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

function notesOf(session: RecordedSession | undefined): SignedInAgainNote[] {
  return (session?.notes ?? []).filter((note) => (note as { kind?: string }).kind === "signed-in-again") as SignedInAgainNote[];
}

/** The one session that was recorded. No password is in it, in whatever form it was sent. */
function theSession(): RecordedSession | undefined {
  const [session] = recordedSessions(relay?.dataDirectory ?? "");
  expect(readFileSync(session?.path ?? "").includes("canary")).toBe(false);
  return session;
}

async function direct(server: ServerAddress, ...statements: string[]): Promise<void> {
  const connection = await createConnection({ host: server.host, port: server.port, ...server.root });
  for (const sql of statements) await connection.query(sql);
  await connection.end();
}

describe.each(available(inject("servers")))("A change of user at $kind", (server) => {
  beforeAll(() =>
    direct(server, `CREATE USER IF NOT EXISTS '${bob.user}'@'%' IDENTIFIED BY '${bob.password}'`, `GRANT ALL ON *.* TO '${bob.user}'@'%'`),
  );

  // MariaDB's connector does not change users at MySQL, whose bug #83472 it names as its reason.
  const names = server.kind === "mariadb" ? (["mysql2", "mariadb-connector"] as const) : (["mysql2"] as const);

  describe.each(names)("by %s", (name) => {
    it.each([
      { client: false, upstream: false },
      { client: true, upstream: false },
      { client: false, upstream: true },
      { client: true, upstream: true },
    ])("is the upstream's own in passthrough, TLS: $client/$upstream", async (tls) => {
      const { port } = await start(server, { upstreamTls: tls.upstream ? "required" : "off" });
      const client = await clients[name](port, server.app, tls.client);
      await client.run("SET @state = 1");
      const before = await client.show();
      expect(await client.prepared("SELECT ? AS it", ["one"])).toMatchObject({ it: "one" });
      // Forgets the cached digests, so that caching_sha2_password asks for the password itself.
      await direct(server, "FLUSH PRIVILEGES");
      await client.changeUser(bob, "mysql");
      expect(await client.show()).toEqual({ id: before.id, account: `${bob.user}@%`, db: "mysql", state: null });
      expect(await client.prepared("SELECT ? AS it", ["two"])).toMatchObject({ it: "two" });
      await client.end();
      await relay?.untilIdle();

      const session = theSession();
      const plugin = server.kind === "mysql" ? "caching_sha2_password" : "mysql_native_password";
      expect(notesOf(session)).toEqual([
        { kind: "signed-in-again", account: bob.user, schema: "mysql", characterSet: expect.any(Number), plugin },
      ]);
      expect(session?.statements).toContainEqual(expect.objectContaining({ command: "COM_CHANGE_USER", outcome: "ok" }));
      // mysql2 closes what it prepared before the change, which is gone by then.
      const undecoded = session?.statements.filter(({ decodeFailed }) => decodeFailed !== null);
      expect(undecoded?.filter(({ command }) => command !== "COM_STMT_CLOSE")).toEqual([]);
      expect(session?.close?.cause).toBe("client-quit");
    });

    it.each([
      { compress: true, upstreamCompression: "off" },
      { compress: false, upstreamCompression: "zlib" },
      { compress: true, upstreamCompression: "zstd" },
    ] as const)("is possible where sides compress, clients: $compress, upstream: $upstreamCompression", async (compression) => {
      for (const auth of ["passthrough", "mapped"] as const) {
        const { port } = await start(server, { auth, upstreamCompression: compression.upstreamCompression });
        const account = auth === "mapped" ? alice : server.app;
        const client = await clients[name](port, account, false, compression.compress);
        const long = await client.prepared("SELECT REPEAT('x', 100000) AS it", []);
        await client.changeUser(account, "mysql");
        expect(await client.show()).toMatchObject({ account: "app@%", db: "mysql" });
        expect(await client.prepared("SELECT REPEAT('x', 100000) AS it", [])).toEqual(long);
        await client.end();
        await relay?.stop();
        relay?.remove();
        relay = null;
      }
    });

    it("is the stored account's in mapped mode, with the state that the client asks for", async () => {
      const { port } = await start(server, { auth: "mapped" });
      const client = await clients[name](port, alice, false);
      await client.run("SET @state = 1");
      const before = await client.show();
      for (const database of ["mysql", "test"]) {
        await direct(server, "FLUSH PRIVILEGES");
        await client.changeUser(alice, database);
        expect(await client.show()).toEqual({ id: before.id, account: "app@%", db: database, state: null });
      }
      await client.end();
      await relay?.untilIdle();
      expect(notesOf(theSession()).map(({ account, schema }) => [account, schema])).toEqual([
        ["app", "mysql"],
        ["app", "test"],
      ]);
    });

    it.each(["passthrough", "mapped"] as const)("that is refused leaves the session as the server does, in %s", async (auth) => {
      const { port } = await start(server, { auth });
      const client = await clients[name](port, auth === "mapped" ? alice : server.app, false);
      await client.run("SET @state = 1");
      await client.run("USE mysql");
      const before = await client.show();
      const stranger = { user: auth === "mapped" ? bob.user : alice.user, password: "wrong-canary" };
      await expect(client.changeUser(stranger, "test")).rejects.toMatchObject({ errno: 1045 });
      if (name === "mariadb-connector") {
        // It closes a connection of which it cannot change the user.
      } else if (server.kind === "mariadb") {
        expect(await client.show()).toEqual({ ...before, state: null });
        await client.end();
      } else {
        await expect(client.show()).rejects.toThrow();
      }
      await relay?.untilIdle();
      const session = theSession();
      expect(notesOf(session)).toEqual([]);
      expect(session?.statements).toContainEqual(expect.objectContaining({ command: "COM_CHANGE_USER", outcome: "error", errno: 1045 }));
      if (server.kind === "mysql") expect(session?.close?.cause).toBe("sign-in-failed");
    });

    it.each(["passthrough", "mapped"] as const)("is refused by the server for a schema that is not there, in %s", async (auth) => {
      const { port } = await start(server, { auth });
      const account = auth === "mapped" ? alice : server.app;
      const client = await clients[name](port, account, false);
      await expect(client.changeUser(account, "not_there")).rejects.toMatchObject({ errno: 1049 });
    });

    it.each(["passthrough", "mapped"] as const)("is not what COM_RESET_CONNECTION does, in %s", async (auth) => {
      const { port } = await start(server, { auth });
      const client = await clients[name](port, auth === "mapped" ? alice : server.app, false);
      await client.run("SET @state = 1");
      const before = await client.show();
      await client.reset();
      expect(await client.show()).toEqual({ ...before, state: null });
      await client.end();
      await relay?.untilIdle();
      expect(notesOf(theSession())).toEqual([]);
    });
  });
});
