import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import type { TokenVerdict } from "../../../proxy/model/client-credential.ts";
import { clientIsThere, runClient } from "../../support/clients.ts";
import { personActor } from "../../support/identity/client-credential-of.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { mysqlDirectory } from "../../support/servers/mysql.ts";
import { available, type ServerAddress } from "../../support/servers.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

/** As long as a real one, in the alphabet of one; what is in it is the verifier's matter, which is played here. */
const token = `canary.${"e30".repeat(400)}.canary`;
const actor = personActor("anna", { via: "token", signIn: null });
const vouched: TokenVerdict = { ok: true, actor, credential: "token:anna", until: null };

let relay: RecordedRelay | null = null;
let asked: string[];

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function start(server: ServerAddress, verdict: TokenVerdict = vouched, listen = { host: "127.0.0.1", port: 0 }) {
  asked = [];
  relay = await startRecordedRelay({
    upstream: server,
    connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user, listen },
    secrets: { upstreamPassword: server.app.password, clientPassword: null },
    verifyToken: async (bytes) => {
      asked.push(bytes.toString("utf8"));
      return verdict;
    },
  });
  return relay;
}

/** The one session that was recorded; no part of the token is in it. */
async function theSession() {
  await relay?.untilIdle();
  await expect.poll(() => recordedSessions(relay?.dataDirectory ?? "")).toHaveLength(1);
  const [session] = recordedSessions(relay?.dataDirectory ?? "");
  expect(readFileSync(session?.path ?? "").includes("canary")).toBe(false);
  expect(JSON.stringify([relay?.refused, relay?.log])).not.toContain("canary");
  return session;
}

describe.each(available(inject("servers")))("a token as the password, at $kind", (server) => {
  const target = (port: number, user = "token", password = token) => ({ host: "127.0.0.1", port, user, password });
  const statement = "--execute=SELECT CURRENT_USER() AS u";

  it.skipIf(!clientIsThere("mysql"))("is taken from MySQL's client by mysql_clear_password over TLS", async () => {
    const { port } = await start(server);
    const run = await runClient("mysql", target(port), ["--enable-cleartext-plugin", "--ssl-mode=REQUIRED", "--batch", statement]);
    expect([run.stderr, run.stdout]).toEqual(["", "u\napp@%\n"]);
    expect(asked).toEqual([token]);
    expect((await theSession())?.open).toMatchObject({ actor, credential: { id: "token:anna", user: "token" }, account: "app" });
  });

  it.skipIf(!clientIsThere("mysql"))("is taken from a client that sends it without being asked", async () => {
    const { port } = await start(server);
    const plugin = ["--enable-cleartext-plugin", "--default-auth=mysql_clear_password"];
    const run = await runClient("mysql", target(port), [...plugin, "--ssl-mode=REQUIRED", "--batch", statement]);
    expect([run.stderr, run.stdout, asked]).toEqual(["", "u\napp@%\n", [token]]);
    await theSession();
  });

  it.skipIf(!clientIsThere("mariadb"))("is taken from MariaDB's client by mysql_clear_password over TLS", async () => {
    const { port } = await start(server);
    const run = await runClient("mariadb", target(port), ["--ssl", "--skip-ssl-verify-server-cert", "--batch", statement]);
    expect([run.stderr, run.stdout, asked]).toEqual(["", "u\napp@%\n", [token]]);
    await theSession();
  });

  it("is taken from mysql2 by mysql_clear_password over TLS, and again where it changes its user", async () => {
    const { port } = await start(server);
    const clear = () => () => Buffer.from(`${token}\0`);
    const options = { ssl: { rejectUnauthorized: false }, authPlugins: { mysql_clear_password: clear } };
    const client = await createConnection({ ...target(port), ...options });
    await client.changeUser({ user: "token", password: token });
    const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS u");
    expect(rows).toEqual([{ u: "app@%" }]);
    await client.end();
    expect(asked).toEqual([token, token]);
    expect((await theSession())?.open?.actor).toEqual(actor);
  });

  describe.skipIf(!clientIsThere("mysql"))("by authentication_openid_connect_client", () => {
    const plugins = `--plugin-dir=${join(mysqlDirectory(), "usr", "lib", "mysql", "plugin")}`;

    async function run(port: number, user: string, more: readonly string[]) {
      using directory = temporaryDirectory();
      const file = join(directory.path, "token");
      writeFileSync(file, token);
      const options = [plugins, `--authentication-openid-connect-client-id-token-file=${file}`, "--batch", statement];
      // The file is gone when this returns.
      return await runClient("mysql", target(port, user, ""), [...options, ...more]);
    }

    it.each([
      ["that is asked for it by the user name oidc", "oidc", []],
      ["that begins with it, whatever the user name", "anna", ["--default-auth=authentication_openid_connect_client"]],
    ])("is taken from MySQL 9.7's own client %s", async (_how, user, more) => {
      const { port } = await start(server);
      const { stderr, stdout } = await run(port, user, ["--ssl-mode=REQUIRED", ...more]);
      expect([stderr, stdout, asked]).toEqual(["", "u\napp@%\n", [token]]);
      expect((await theSession())?.open).toMatchObject({ actor, credential: { id: "token:anna", user } });
    });

    it("is taken over a Unix socket, which does not leave the machine", async () => {
      using directory = temporaryDirectory();
      const listen = { host: join(directory.path, "steno.sock"), port: 0 };
      await start(server, vouched, listen);
      const clear = ["--protocol=socket", `--socket=${listen.host}`, "--enable-cleartext-plugin", "--ssl-mode=DISABLED"];
      const { stderr } = await runClient("mysql", { ...target(0), host: "localhost" }, [...clear, statement]);
      expect([stderr, asked]).toEqual(["", [token]]);
      await theSession();
    });
  });

  it("is not asked for, and not looked at, without TLS", async () => {
    const { port } = await start(server);
    const message = "A token is taken over TLS only, since it crosses the wire as it is. Turn on TLS in the client (ssl-mode=REQUIRED).";
    await expect(createConnection(target(port))).rejects.toMatchObject({ errno: 1045, sqlMessage: message });
    expect(asked).toEqual([]);
    const session = await theSession();
    expect(session?.open).toMatchObject({ account: "token", signedIn: false });
    expect(session?.close).toMatchObject({ cause: "sign-in-failed", detail: message });
  });

  it.each([
    [{ ok: false, wrong: true, message: "It has expired." } as const, "Access denied for user 'token'@'127.0.0.1'. It has expired."],
    [{ ok: false, wrong: false, message: "The provider is away." } as const, "The provider is away."],
  ])("that is not accepted is refused in a sentence and recorded: %j", async (verdict, message) => {
    const { port } = await start(server, verdict);
    const clear = () => () => Buffer.from(`${token}\0`);
    const options = { ssl: { rejectUnauthorized: false }, authPlugins: { mysql_clear_password: clear } };
    await expect(createConnection({ ...target(port), ...options })).rejects.toMatchObject({ errno: 1045, sqlMessage: message });
    expect((await theSession())?.close).toMatchObject({ cause: "sign-in-failed", detail: message });
    expect(relay?.refused).toMatchObject([{ user: "token", cause: "sign-in-failed" }]);
  });

  it("of another person does not change whose a session is", async () => {
    const verdicts: TokenVerdict[] = [vouched, { ...vouched, actor: personActor("bob"), credential: "token:bob" }];
    relay = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: null },
      verifyToken: async () => verdicts.shift() as TokenVerdict,
    });
    const clear = () => () => Buffer.from(`${token}\0`);
    const options = { ssl: { rejectUnauthorized: false }, authPlugins: { mysql_clear_password: clear } };
    const client = await createConnection({ ...target(relay.port), ...options });
    client.on("error", () => undefined);
    await expect(client.changeUser({ user: "token", password: token })).rejects.toMatchObject({
      errno: 1045,
      sqlMessage: expect.stringContaining("Who runs a session cannot change within it"),
    });
    client.destroy();
    expect((await theSession())?.open?.actor).toEqual(actor);
  });

  it("that ends while its client is signing in upstream opens no session", async () => {
    relay = await startRecordedRelay({
      upstream: server,
      connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user },
      secrets: { upstreamPassword: server.app.password, clientPassword: null },
      verifyToken: async () => {
        // The client's sign-in goes on behind this answer; the end comes first.
        relay?.endSessions(["token:anna"], "The machine was revoked.");
        return vouched;
      },
    });
    const clear = () => () => Buffer.from(`${token}\0`);
    const options = { ssl: { rejectUnauthorized: false }, authPlugins: { mysql_clear_password: clear } };
    const refused = createConnection({ ...target(relay.port), ...options });
    await expect(refused).rejects.toMatchObject({ errno: 1045, sqlMessage: "The machine was revoked." });
    expect(await theSession()).toMatchObject({ open: { signedIn: false }, close: { cause: "identity-ended" }, statements: [] });
  });
});
