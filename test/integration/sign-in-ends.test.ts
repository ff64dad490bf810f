import { once } from "node:events";
import net from "node:net";
import { networkInterfaces } from "node:os";
import { createConnection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import { Capability } from "../../proxy/protocol/capabilities.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { type Account, available, type PrivateServer, type ServerAddress, startMariadb, startMysql } from "../support/servers.ts";
import { usualCapabilities, WireClient } from "../support/wire/wire-client.ts";

const alice: Account = { user: "alice", password: "alicepw" };
const sandboxed = usualCapabilities | Capability.CAN_HANDLE_EXPIRED_PASSWORDS;

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function start(
  upstream: Connection["upstream"],
  connection: Partial<Connection> = {},
  upstreamPassword = "",
): Promise<RecordedRelay> {
  relay = await startRecordedRelay({
    upstream: { host: upstream.host, port: upstream.port },
    connection,
    secrets: { upstreamPassword, clientPassword: alice.password },
  });
  return relay;
}

async function asRoot(server: ServerAddress, ...statements: string[]): Promise<void> {
  const connection = await createConnection({ host: server.host, port: server.port, ...server.root });
  try {
    for (const sql of statements) await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** Signs in and runs `statements`: what each comes to, as far as it goes. */
async function attempt(port: number, account: Account, capabilities: number, ...statements: string[]): Promise<string[]> {
  const outcomes: string[] = [];
  try {
    const client = await WireClient.connect({ port }, account, capabilities);
    outcomes.push("signed in");
    for (const sql of statements) {
      outcomes.push(
        await client.query(sql).then(
          () => "ok",
          (error: Error) => error.message,
        ),
      );
    }
    await client.quit();
  } catch (error) {
    outcomes.push(error instanceof Error ? error.message : String(error));
  }
  return outcomes;
}

/** All that a server says of its own accord to who connects: its greeting, or why there is none. */
async function firstWords(host: string, port: number): Promise<string> {
  const socket = net.connect({ host, port });
  const [chunk] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return chunk.toString("latin1");
}

describe.each(available(inject("servers")))("What $kind says of an account", (server) => {
  const account = (user: string): Account => ({ user, password: `${user}-pw` });
  const create = ({ user, password }: Account, more = ""): string[] => [
    `DROP USER IF EXISTS '${user}'@'%'`,
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON test.* TO '${user}'@'%'`,
    ...(more === "" ? [] : [`ALTER USER '${user}'@'%' ${more}`]),
  ];
  const renew = server.kind === "mysql" ? "ALTER USER USER() IDENTIFIED BY 'renewed-pw'" : "SET PASSWORD = PASSWORD('renewed-pw')";

  it.each([
    ["with a client that can handle it", sandboxed],
    ["with one that cannot", usualCapabilities],
  ])("whose password has expired is the same as without the proxy, %s", async (_what, capabilities) => {
    const expired = account("ends_expired");
    const steps = ["SELECT 1", renew, "SELECT 1"];
    await asRoot(server, ...create(expired, "PASSWORD EXPIRE"));
    const direct = await attempt(server.port, expired, capabilities, ...steps);
    await asRoot(server, ...create(expired, "PASSWORD EXPIRE"));
    const { port } = await start(server);
    expect(await attempt(port, expired, capabilities, ...steps)).toEqual(direct);
    if (capabilities === sandboxed) expect(direct).toEqual(["signed in", expect.stringContaining("1820"), "ok", "ok"]);
  });

  it("whose password has expired is a sandbox in mapped mode too", async () => {
    const expired = account("ends_expired");
    await asRoot(server, ...create(expired, "PASSWORD EXPIRE"));
    const { port } = await start(server, { auth: "mapped", clientUser: alice.user, upstreamUser: expired.user }, expired.password);
    const outcomes = await attempt(port, alice, sandboxed, "SELECT 1", renew, "SELECT 1");
    expect(outcomes).toEqual(["signed in", expect.stringContaining("1820"), "ok", "ok"]);
  });

  it("that is locked is relayed, and not told about in mapped mode", async () => {
    const locked = account("ends_locked");
    await asRoot(server, ...create(locked, "ACCOUNT LOCK"));
    const direct = await attempt(server.port, locked, usualCapabilities);
    expect(direct).toEqual([expect.stringMatching(/3118|4151/)]);
    const { port } = await start(server);
    expect(await attempt(port, locked, usualCapabilities)).toEqual(direct);
    await relay?.untilIdle();
    expect(recordedSessions(relay?.dataDirectory ?? "").map(({ close }) => close?.cause)).toEqual(["sign-in-failed"]);
    await relay?.stop();
    relay?.remove();
    const mapped = await start(server, { auth: "mapped", clientUser: alice.user, upstreamUser: locked.user }, locked.password);
    const [told] = await attempt(mapped.port, alice, usualCapabilities);
    expect(told).toContain("the account that is stored for connection");
    expect(told).not.toContain(locked.user);
  });

  it("without a password is the same as without the proxy, in both modes", async () => {
    const { port } = await start(server);
    expect(await attempt(port, server.nopw, usualCapabilities, "SELECT 1")).toEqual(["signed in", "ok"]);
    const wrong = { ...server.nopw, password: "not-empty" };
    expect(await attempt(port, wrong, usualCapabilities)).toEqual(await attempt(server.port, wrong, usualCapabilities));
    await relay?.stop();
    relay?.remove();
    const mapped = await start(server, { auth: "mapped", clientUser: alice.user, upstreamUser: server.nopw.user });
    expect(await attempt(mapped.port, alice, usualCapabilities, "SELECT 1")).toEqual(["signed in", "ok"]);
  });
});

const starters = { mariadb: startMariadb, mysql: startMysql };
const options = ["--bind-address=*", "--skip-name-resolve=0", "--max-connect-errors=1", "--max-connections=10"];
/** An address of this machine that is not the loopback one, which servers never block. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((found) => found?.family === "IPv4" && !found.internal)?.address;

describe.each(available(inject("servers")).map(({ kind }) => kind))("What %s says before it knows an account", (kind) => {
  let server: PrivateServer;

  beforeAll(async () => {
    server = await starters[kind](options);
  });
  afterAll(() => server.stop());

  it("signs in the anonymous account", async () => {
    const { address } = server;
    await asRoot(address, "CREATE USER ''@'%'", "GRANT SELECT ON test.* TO ''@'%'");
    const nobody = { user: "", password: "" };
    const { port } = await start(address);
    expect(await attempt(port, nobody, usualCapabilities, "SELECT 1")).toEqual(["signed in", "ok"]);
    expect(await attempt(port, { user: "whoever", password: "" }, usualCapabilities, "SELECT 1")).toEqual(["signed in", "ok"]);
    await relay?.untilIdle();
    const accounts = recordedSessions(relay?.dataDirectory ?? "").map(({ open }) => open?.account ?? null);
    expect(new Set(accounts)).toEqual(new Set([null, "whoever"]));
    await asRoot(address, "DROP USER ''@'%'");
  });

  it("is relayed where it has too many connections", async () => {
    const { address } = server;
    await asRoot(address, "SET GLOBAL max_connections = 10");
    const held: Awaited<ReturnType<typeof createConnection>>[] = [];
    try {
      for (;;) held.push(await createConnection({ host: address.host, port: address.port, ...address.app }));
    } catch (error) {
      expect(error).toMatchObject({ errno: 1040 });
    }
    const { port } = await start(address);
    const direct = await firstWords("127.0.0.1", address.port);
    expect(direct).toContain("Too many connections");
    expect(await firstWords("127.0.0.1", port)).toBe(direct);
    for (const connection of held) await connection.end();
  });

  // MySQL counts for hosts only whose name it could look up, which a test cannot promise.
  it.runIf(ownAddress !== undefined && kind === "mariadb")("is relayed where it blocks the proxy's host", async () => {
    const { address } = server;
    const host = ownAddress ?? "";
    const { port } = await start({ host, port: address.port });
    // Connections that end in the middle of the sign-in are what a server counts.
    const blocked = await until(
      () => firstWords(host, address.port),
      (said) => said.includes("is blocked"),
    );
    expect(await firstWords("127.0.0.1", port)).toBe(blocked);
    await asRoot(address, "FLUSH HOSTS");
  });

  it.skipIf(ownAddress === undefined)("is relayed where it does not allow the proxy's host", async () => {
    const { address } = server;
    const host = ownAddress ?? "";
    const { port } = await start({ host, port: address.port });
    await asRoot(address, "DROP USER app@'%'", "DROP USER nopw@'%'", "FLUSH PRIVILEGES");
    const notAllowed = await firstWords(host, address.port);
    expect(notAllowed).toContain("is not allowed to connect");
    expect(await firstWords("127.0.0.1", port)).toBe(notAllowed);
  });
});

/** Asks until the answer is the awaited one; the server counts a broken connection a moment after it has ended. */
async function until(ask: () => Promise<string>, awaited: (answer: string) => boolean): Promise<string> {
  for (;;) {
    const answer = await ask();
    if (awaited(answer)) return answer;
  }
}
