import { existsSync, statSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { type Account, available, type PrivateServer, type ServerAddress, startMariadb, startMysql } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const alice: Account = { user: "alice", password: "alicepw" };
const directory = temporaryDirectory();
const listenSocket = join(directory.path, "steno.sock");
const socket = { host: listenSocket, port: 0 };

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});
afterAll(() => directory[Symbol.dispose]());

/** The test servers keep their own socket beside the folder for files. */
function socketOf(server: ServerAddress) {
  return { host: join(server.filesDirectory, "..", "server.sock"), port: 0 };
}

async function start(server: ServerAddress, connection: Partial<Connection>, upstream: Connection["upstream"] = server) {
  relay = await startRecordedRelay({
    upstream: { host: upstream.host, port: upstream.port },
    connection: connection.auth === "mapped" ? { clientUser: alice.user, upstreamUser: server.app.user, ...connection } : connection,
    secrets: { upstreamPassword: server.app.password, clientPassword: alice.password },
  });
  return relay;
}

type Reach = { readonly socketPath: string } | { readonly host: string; readonly port: number } | { readonly stream: () => net.Socket };

async function ask(reach: Reach, account: Account, sql: string, tls = false): Promise<unknown> {
  const connection = await createConnection({ ...reach, ...account, ...(tls ? { ssl: { rejectUnauthorized: false } } : {}) });
  try {
    const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
    return rows[0]?.[0];
  } finally {
    await connection.end();
  }
}

/** Makes caching_sha2_password ask for the password itself. */
async function forgetDigests(server: ServerAddress): Promise<void> {
  const connection = await createConnection({ host: server.host, port: server.port, ...server.root });
  await connection.query("FLUSH PRIVILEGES");
  await connection.end();
}

describe.each(available(inject("servers")))("A Unix socket and $kind", (server) => {
  it.each([
    { client: "socket", upstream: "socket" },
    { client: "socket", upstream: "port" },
    { client: "socket", upstream: "TLS" },
  ])("carries a session in passthrough: a $client for clients, a $upstream of the upstream", async ({ upstream }) => {
    const tls = upstream === "TLS" ? "required" : "preferred";
    const upstreamTls = upstream === "port" ? "off" : tls;
    await start(server, { listen: socket, upstreamTls }, upstream === "socket" ? socketOf(server) : server);
    for (const encrypted of [false, true]) {
      await forgetDigests(server);
      expect(await ask({ socketPath: listenSocket }, server.app, "SELECT CURRENT_USER()", encrypted)).toBe("app@%");
    }
    await relay?.untilIdle();
    const [open] = recordedSessions(relay?.dataDirectory ?? "").map((session) => session.open);
    expect(open).toMatchObject({
      client: `unix:${listenSocket}`,
      upstream: { address: upstream === "socket" ? socketOf(server).host : `127.0.0.1:${server.port}` },
      tls: { client: null, upstream: upstream === "TLS" ? expect.anything() : null },
    });
  });

  it("carries a session in mapped mode, from a port too", async () => {
    const { port } = await start(server, { auth: "mapped", upstreamTls: "preferred" }, socketOf(server));
    await forgetDigests(server);
    expect(await ask({ host: "127.0.0.1", port }, alice, "SELECT CURRENT_USER()")).toBe("app@%");
  });

  it("carries TLS where it is demanded", async () => {
    await start(server, { listen: socket, upstreamTls: "required" }, socketOf(server));
    expect(await ask({ socketPath: listenSocket }, server.app, "SELECT CURRENT_USER()")).toBe("app@%");
  });

  it("names the client's host as MySQL does where it is refused", async () => {
    await start(server, { auth: "mapped", listen: socket });
    await expect(ask({ socketPath: listenSocket }, { ...alice, password: "wrong" }, "SELECT 1")).rejects.toThrow(
      "Access denied for user 'alice'@'localhost'",
    );
  });

  it("is its user's own, and gone when the listener has stopped", async () => {
    await start(server, { listen: socket });
    expect(statSync(listenSocket).mode & 0o777).toBe(0o600);
    await relay?.stop();
    expect(existsSync(listenSocket)).toBe(false);
    relay?.remove();
    relay = null;
  });

  it("of the upstream is not for whoever reaches a port, in passthrough", async () => {
    await expect(start(server, {}, socketOf(server))).rejects.toThrow("Listen on a Unix socket too");
  });

  it("that is not there is said to be", async () => {
    await start(server, { listen: socket }, { host: "/nowhere/mysqld.sock", port: 0 });
    await expect(ask({ socketPath: listenSocket }, server.app, "SELECT 1")).rejects.toThrow("there is no such socket");
  });
});

const starters = {
  mariadb: () => startMariadb(["--bind-address=*", "--proxy-protocol-networks=127.0.0.1,::1"]),
  mysql: () => startMysql(["--bind-address=127.0.0.1,::1"]),
};

describe.each(available(inject("servers")).map(({ kind }) => kind))("IPv6 and %s", (kind) => {
  let server: PrivateServer;

  beforeAll(async () => {
    server = await starters[kind]();
  });
  afterAll(() => server.stop());

  it("carries a session on both sides", async () => {
    const { address } = server;
    const v6 = { host: "::1", port: 0 };
    const { port } = await start(address, { listen: v6 }, { host: "::1", port: address.port });
    expect(await ask({ host: "::1", port }, address.app, "SELECT USER()")).toBe("app@::1");
    await relay?.untilIdle();
    expect(recordedSessions(relay?.dataDirectory ?? "")[0]?.open).toMatchObject({
      client: expect.stringMatching(/^\[::1\]:\d+$/),
      upstream: { address: `[::1]:${address.port}` },
    });
  });

  it.runIf(kind === "mariadb").each(["v1", "v2"] as const)(
    "tells the upstream the client's address by the PROXY protocol %s",
    async (version) => {
      const { address } = server;
      const { port } = await start(address, { proxyProtocol: version, upstreamTls: "required" });
      const from = (localAddress: string) => ({ stream: () => net.connect({ host: "127.0.0.1", port, localAddress }) });
      for (const localAddress of ["127.0.0.2", "127.0.0.3"]) {
        expect(await ask(from(localAddress), address.app, "SELECT USER()")).toBe(`app@${localAddress}`);
      }
      await expect(ask(from("127.0.0.4"), { user: "app", password: "wrong" }, "SELECT 1")).rejects.toThrow("'app'@'127.0.0.4'");
    },
  );

  it.runIf(kind === "mariadb").each(["v1", "v2"] as const)("tells an IPv6 address, and none of a Unix socket, by %s", async (version) => {
    const { address } = server;
    const v6 = await start(address, { proxyProtocol: version, listen: { host: "::1", port: 0 } });
    expect(await ask({ host: "::1", port: v6.port }, address.app, "SELECT USER()")).toBe("app@::1");
    await v6.stop();
    v6.remove();
    await start(address, { proxyProtocol: version, listen: socket });
    expect(await ask({ socketPath: listenSocket }, address.app, "SELECT USER()")).toBe("app@127.0.0.1");
  });
});
