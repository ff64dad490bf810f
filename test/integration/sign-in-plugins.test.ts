import { copyFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createConnection as createMariadbConnection } from "mariadb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "../../proxy/model/connection.ts";
import { runClient } from "../support/clients.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { mysqlDirectory } from "../support/servers/mysql.ts";
import { type Account, type PrivateServer, type ServerAddress, startMysql } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const { mariadb, mysql } = inject("servers");
const alice: Account = { user: "alice", password: "alicepw" };
const signer: Account = { user: "plugins_ed25519", password: "pässwörd of any length, which is the point of it" };

let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

type Upstream = Connection["upstream"];

async function start({ host, port }: Upstream, connection: Partial<Connection>, upstreamPassword: string | null = null) {
  relay = await startRecordedRelay({
    upstream: { host, port },
    connection,
    secrets: { upstreamPassword, clientPassword: alice.password },
  });
  return relay;
}

async function asRoot(server: ServerAddress, ...statements: (readonly [string, ...unknown[]])[]): Promise<void> {
  const connection = await createConnection({ host: server.host, port: server.port, ...server.root });
  for (const [sql, ...values] of statements) await connection.query(sql, values);
  await connection.end();
}

describe.skipIf(mariadb === null)("MariaDB's ed25519", () => {
  const server = mariadb as ServerAddress;

  beforeAll(() =>
    asRoot(
      server,
      ["INSTALL PLUGIN IF NOT EXISTS ed25519 SONAME 'auth_ed25519'"],
      [`CREATE OR REPLACE USER '${signer.user}'@'%' IDENTIFIED VIA ed25519 USING PASSWORD(?)`, signer.password],
      [`GRANT ALL ON test.* TO '${signer.user}'@'%'`],
    ),
  );

  it("signs the stored account in, and again when the user is changed", async () => {
    const { port } = await start(server, { auth: "mapped", clientUser: alice.user, upstreamUser: signer.user }, signer.password);
    const client = await createConnection({ host: "127.0.0.1", port, ...alice });
    for (let count = 0; count < 5; count += 1) {
      const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
      expect(rows[0]).toEqual({ account: `${signer.user}@%` });
      await client.changeUser({ ...alice, database: "test" });
    }
    await client.end();
    await relay?.untilIdle();
    expect(recordedSessions(relay?.dataDirectory ?? "")[0]?.open?.authPlugin).toBe("client_ed25519");
  });

  it("does not sign in with another password, and the client hears nothing of the account", async () => {
    const { port } = await start(server, { auth: "mapped", clientUser: alice.user, upstreamUser: signer.user }, "another");
    await expect(createConnection({ host: "127.0.0.1", port, ...alice })).rejects.toThrow("the account that is stored for connection");
  });

  it("is relayed in passthrough", async () => {
    const { port } = await start(server, {});
    const client = await createMariadbConnection({ host: "127.0.0.1", port, ...signer });
    expect(await client.query("SELECT CURRENT_USER() AS account")).toEqual([{ account: `${signer.user}@%` }]);
    await client.end();
    await relay?.untilIdle();
    expect(recordedSessions(relay?.dataDirectory ?? "")[0]?.open?.authPlugin).toBe("client_ed25519");
  });
});

describe.skipIf(mysql === null)("MySQL's multi-factor authentication", () => {
  const directory = temporaryDirectory();
  const listen = { host: join(directory.path, "steno.sock"), port: 0 };
  const factors = { user: "plugins_mfa", password: "first-factor" };
  let server: PrivateServer;
  let upstream: Upstream;

  beforeAll(async () => {
    server = await startMysql();
    const serverDirectory = join(server.address.filesDirectory, "..");
    upstream = { host: join(serverDirectory, "server.sock"), port: 0 };
    const plugin = "auth_socket.so";
    copyFileSync(join(mysqlDirectory(), "usr", "lib", "mysql", "plugin", plugin), join(serverDirectory, "plugins", plugin));
    await asRoot(
      server.address,
      [`INSTALL PLUGIN auth_socket SONAME '${plugin}'`],
      ["SET GLOBAL authentication_policy = '*,*,'"],
      // The second factor is who runs the program at the other end of the socket, which here is this process.
      [
        `CREATE USER '${factors.user}'@'localhost' IDENTIFIED BY '${factors.password}' AND IDENTIFIED WITH auth_socket AS ?`,
        userInfo().username,
      ],
    );
  });
  afterAll(async () => {
    await server.stop();
    directory[Symbol.dispose]();
  });

  async function run(password: string) {
    const target = { host: "localhost", port: 0, user: factors.user, password: "" };
    const reach = ["--protocol=socket", `--socket=${listen.host}`, `--password1=${password}`];
    return runClient("mysql", target, [...reach, "--batch", "--skip-column-names", "--execute=SELECT CURRENT_USER()"]);
  }

  it("is relayed in passthrough, factor by factor", async () => {
    await start(upstream, { listen });
    expect((await run(factors.password)).stdout.trim()).toBe(`${factors.user}@localhost`);
    await relay?.untilIdle();
    const [session] = recordedSessions(relay?.dataDirectory ?? "");
    expect(session?.open).toMatchObject({ account: factors.user, signedIn: true });
  });

  it("is refused by its first factor", async () => {
    await start(upstream, { listen });
    expect((await run("wrong")).stderr).toContain("Access denied for user");
  });
});
