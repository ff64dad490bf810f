import { copyFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createConnection as createMariadbConnection } from "mariadb";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { testSignIn } from "../../proxy/api/connections/sign-in-test.ts";
import type { Connection, ConnectionSecrets } from "../../proxy/model/connection.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import { runClient } from "../support/clients.ts";
import { parts } from "../support/parts/parts.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { mysqlDirectory } from "../support/servers/mysql.ts";
import { buildPasswordFactor } from "../support/servers/password-factor.ts";
import { type Account, type PrivateServer, type ServerAddress, startMysql } from "../support/servers.ts";
import { startRecorder, temporaryDirectory } from "../support/stenograph.ts";

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

const mostFactors = { user: "plugins_mfa3", passwords: ["first-factor", "second-factor", "third-factor"] } as const;

describe.skipIf(mysql === null)("MySQL's multi-factor authentication", () => {
  let server: PrivateServer;
  let serverDirectory: string;

  beforeAll(async () => {
    server = await startMysql();
    serverDirectory = join(server.address.filesDirectory, "..");
    await asRoot(server.address, ["SET GLOBAL authentication_policy = '*,*,*'"]);
  });
  afterAll(() => server.stop());

  /** The `mysql` client through the relay, as an account with `passwords`. */
  function run(user: string, passwords: readonly string[], reach: readonly string[], host = "127.0.0.1") {
    const target = { host, port: relay?.port ?? 0, user, password: "" };
    const factors = passwords.map((password, at) => `--password${at + 1}=${password}`);
    return runClient("mysql", target, [...reach, ...factors, "--batch", "--skip-column-names", "--execute=SELECT CURRENT_USER()"]);
  }

  describe.skipIf(!parts.compiler.isThere())("with a password for each factor", () => {
    const { user, passwords } = mostFactors;
    const [upstreamPassword, upstreamPassword2, upstreamPassword3] = passwords;
    const secrets = { upstreamPassword, upstreamPassword2, upstreamPassword3, clientPassword: alice.password };
    const overTls = ["--ssl-mode=REQUIRED", "--enable-cleartext-plugin"];

    beforeAll(async () => {
      buildPasswordFactor(join(serverDirectory, "plugins"));
      await asRoot(
        server.address,
        ["INSTALL PLUGIN password_factor SONAME 'password_factor.so'"],
        [
          `CREATE USER '${user}'@'%' IDENTIFIED BY '${passwords[0]}' AND IDENTIFIED WITH password_factor AS '${passwords[1]}'
            AND IDENTIFIED WITH password_factor AS '${passwords[2]}'`,
        ],
        [`GRANT ALL ON test.* TO '${user}'@'%'`],
      );
    });

    const startMapped = (changes: Partial<ConnectionSecrets> = {}) =>
      startRecordedRelay({
        upstream: server.address,
        connection: { auth: "mapped", clientUser: alice.user, upstreamUser: user, upstreamTls: "required" },
        secrets: { ...secrets, ...changes },
      });

    it("is relayed in passthrough, factor by factor", async () => {
      await start(server.address, { upstreamTls: "required" });
      expect(await run(user, passwords, overTls)).toMatchObject({ exitCode: 0, stdout: `${user}@%\n` });
      await relay?.untilIdle();
      const [session] = recordedSessions(relay?.dataDirectory ?? "");
      expect(session?.open).toMatchObject({ account: user, signedIn: true, authPlugin: "mysql_clear_password" });
    });

    it.each([0, 1, 2])("is refused in passthrough where factor %i of three is wrong", async (wrong) => {
      await start(server.address, { upstreamTls: "required" });
      const tried = passwords.map((password, at) => (at === wrong ? "another" : password));
      expect((await run(user, tried, overTls)).stderr).toContain("Access denied for user");
    });

    it("signs the stored account in for a client with one password, and again when the user is changed", async () => {
      relay = await startMapped();
      const client = await createConnection({ host: "127.0.0.1", port: relay.port, ...alice });
      for (let count = 0; count < 3; count += 1) {
        const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
        expect(rows[0]).toEqual({ account: `${user}@%` });
        await client.changeUser({ ...alice, database: "test" });
      }
      await client.end();
      await relay.untilIdle();
      const [session] = recordedSessions(relay.dataDirectory);
      expect(session?.open).toMatchObject({ account: user, signedIn: true, authPlugin: "mysql_clear_password" });
    });

    it("is refused where a factor's password is wrong or is not stored, and the client hears which", async () => {
      const failures = [
        [{ upstreamPassword2: "another" }, "refused the account that is stored for connection"],
        [{ upstreamPassword3: "another" }, "refused the account that is stored for connection"],
        [{ upstreamPassword2: null }, "for a second factor, and no second password is stored"],
        [{ upstreamPassword3: null }, "for a third factor, and no third password is stored"],
      ] as const;
      for (const [changes, message] of failures) {
        relay = await startMapped(changes);
        await expect(createConnection({ host: "127.0.0.1", port: relay.port, ...alice })).rejects.toThrow(message);
        await relay.stop();
        relay.remove();
      }
    });

    it("signs in for `record` with passwords from the environment", async () => {
      using data = temporaryDirectory();
      await using recorder = await startRecorder(
        { data: data.path, upstream: `mysql://${user}@127.0.0.1:${server.address.port}`, auth: "mapped" },
        [
          ...["--upstream-password-env", "FIRST", "--upstream-password2-env", "SECOND", "--upstream-password3-env", "THIRD"],
          ...["--client-user", alice.user, "--client-password-env", "CLIENT_PW"],
        ],
        { FIRST: passwords[0], SECOND: passwords[1], THIRD: passwords[2], CLIENT_PW: alice.password },
      );
      const client = await createConnection({ host: "127.0.0.1", port: recorder.first.port, ...alice });
      const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
      expect(rows[0]).toEqual({ account: `${user}@%` });
      await client.end();
    });

    it("is tried by the test of a connection with all of its passwords", async () => {
      const { host, port } = server.address;
      const connection = connectionOf({ upstream: { host, port }, upstreamUser: user, upstreamTls: "required" });
      expect(await testSignIn(connection, secrets)).toMatchObject({ ok: true });
      const tried = async (changes: Partial<ConnectionSecrets>) => (await testSignIn(connection, { ...secrets, ...changes })).message;
      expect(await tried({ upstreamPassword3: "another" })).toContain("refused the account");
      expect(await tried({ upstreamPassword3: null })).toContain("a factor number 3, for which no password is stored");
      const plain = await testSignIn({ ...connection, upstreamTls: "off" }, secrets);
      expect(plain).toMatchObject({ ok: false, message: expect.stringContaining("mysql_clear_password") });
    });
  });

  describe("with who runs the program at the other end of the socket as the second factor, which asks nothing over the wire", () => {
    const directory = temporaryDirectory();
    const listen = { host: join(directory.path, "steno.sock"), port: 0 };
    const account = { user: "plugins_socket", password: "first-factor" };
    const upstream = () => ({ host: join(serverDirectory, "server.sock"), port: 0 });
    const reach = ["--protocol=socket", `--socket=${listen.host}`];

    beforeAll(async () => {
      const plugin = "auth_socket.so";
      copyFileSync(join(mysqlDirectory(), "usr", "lib", "mysql", "plugin", plugin), join(serverDirectory, "plugins", plugin));
      await asRoot(
        server.address,
        [`INSTALL PLUGIN auth_socket SONAME '${plugin}'`],
        [
          `CREATE USER '${account.user}'@'localhost' IDENTIFIED BY '${account.password}' AND IDENTIFIED WITH auth_socket AS ?`,
          userInfo().username,
        ],
      );
    });
    afterAll(() => directory[Symbol.dispose]());

    it("is relayed in passthrough", async () => {
      await start(upstream(), { listen });
      expect((await run(account.user, [account.password], reach, "localhost")).stdout.trim()).toBe(`${account.user}@localhost`);
      await relay?.untilIdle();
      const [session] = recordedSessions(relay?.dataDirectory ?? "");
      expect(session?.open).toMatchObject({ account: account.user, signedIn: true });
    });

    it("is refused by its first factor", async () => {
      await start(upstream(), { listen });
      expect((await run(account.user, ["wrong"], reach, "localhost")).stderr).toContain("Access denied for user");
    });

    it("signs the stored account in", async () => {
      const { port } = await start(upstream(), { auth: "mapped", clientUser: alice.user, upstreamUser: account.user }, account.password);
      const client = await createConnection({ host: "127.0.0.1", port, ...alice });
      const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS account");
      expect(rows[0]).toEqual({ account: `${account.user}@localhost` });
      await client.end();
    });
  });
});
