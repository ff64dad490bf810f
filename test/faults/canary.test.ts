/** Plants secrets, uses everything, and looks for them wherever they could have gone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { PassphraseCipher } from "../../proxy/identity/passphrase-cipher.ts";
import { SecretFile } from "../../proxy/identity/secret-file.ts";
import { connectionOf } from "../support/api/connection-of.ts";
import type { BrowserClient } from "../support/browser-client.ts";
import { type Canary, canaryOf } from "../support/canaries/canary.ts";
import { ObservedHome, type ObservedProgram } from "../support/canaries/observed-program.ts";
import { findCanaries, type Place } from "../support/canaries/places.ts";
import { runClient } from "../support/clients.ts";
import { freePort } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";

const { mysql } = inject("servers");

const planted = {
  passphrase: canaryOf("the passphrase"),
  upstream: canaryOf("the upstream account"),
  client: canaryOf("the clients' account"),
  wrong: canaryOf("a client that has it wrong"),
  tested: canaryOf("an upstream account that is only tested"),
  created: canaryOf("an account that a statement makes"),
  executed: canaryOf("an account that a prepared statement makes"),
  refused: canaryOf("an account that a statement fails to make"),
};
const canaries = Object.values(planted);

describe.skipIf(mysql === null)("secrets that were planted", () => {
  const directory = temporaryDirectory();
  const home = new ObservedHome(directory.path);
  const environment = { STENOGRAPH_PASSPHRASE: planted.passphrase.text };
  const user = `canary${process.pid}`;
  const server = mysql ?? { host: "", port: 0, root: { user: "", password: "" } };

  const asRoot = (sql: string) => {
    const { host, port, root } = server;
    return createConnection({ host, port, ...root }).then(async (connection) => {
      await connection.query(sql);
      await connection.end();
    });
  };

  beforeAll(async () => {
    if (mysql === null) return;
    await asRoot(`CREATE USER '${user}'@'%' IDENTIFIED BY '${planted.upstream.text}'`);
    await asRoot(`GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION`);
    await use();
  }, 240_000);

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
    if (mysql !== null) await asRoot(`DROP USER IF EXISTS '${user}'@'%', '${user}1'@'%', '${user}2'@'%'`);
  });

  const connection = async () =>
    connectionOf({
      listen: { host: "127.0.0.1", port: await freePort() },
      upstream: { host: server.host, port: server.port },
      upstreamUser: user,
      clientUser: "ada",
    });

  async function use(): Promise<void> {
    const serving = home.start(["serve", "--data", home.data], environment);
    await serving.printed(/"event":"serving"/, "stdout");
    const { client: api } = await home.browse(serving);
    const shop = await connection();
    await setUp(api, shop);
    await runStatements(shop.listen.port);
    await failToSignIn(shop.listen.port);
    await askEverything(api);
    await crash(serving, api, shop.listen.port);
    await runStatements(shop.listen.port);
    home.seeFiles();
    expect(await serving.end()).toBe(0);
    for (const args of [["sessions", "--json"], ["statements", "--json", "--rows"], ["reindex"], ["checkpoint"]]) {
      expect(await home.start([...args, "--data", home.data], environment).ended()).toBe(0);
    }
  }

  async function setUp(api: BrowserClient, shop: Awaited<ReturnType<typeof connection>>): Promise<void> {
    const secrets = { upstreamPassword: planted.upstream.text, clientPassword: planted.client.text };
    const wrong = { ...secrets, upstreamPassword: planted.tested.text };
    expect(await api.call("connections.test", { connection: shop, secrets: wrong })).toMatchObject({ ok: false });
    const nowhere = { ...shop, upstream: { host: "127.0.0.1", port: 1 } };
    expect(await api.call("connections.test", { connection: nowhere, secrets })).toMatchObject({ ok: false });
    expect(await api.call("connections.test", { connection: shop, secrets })).toMatchObject({ ok: true });
    await expect(api.call("connections.save", { connection: { ...shop, name: "" }, secrets })).rejects.toThrow();
    await api.call("connections.save", { connection: shop, secrets });
    expect(await api.call("connections.start", { id: shop.id })).toMatchObject({ state: "listening" });
  }

  async function runStatements(port: number): Promise<void> {
    const target = { host: "127.0.0.1", port, user: "ada", password: planted.client.text };
    const connection = await createConnection(target);
    const { created, executed, refused } = planted;
    await connection.query(`CREATE USER IF NOT EXISTS '${user}1'@'%' IDENTIFIED BY '${created.text}' /*app='canary'*/`);
    await connection.query(`ALTER USER '${user}1'@'%' IDENTIFIED BY '${created.text}'`);
    await connection.query(`SET @s = 'CREATE USER IF NOT EXISTS ''${user}2''@''%'' IDENTIFIED BY ''${executed.text}'''`);
    await connection.query("PREPARE s FROM @s");
    await connection.query("EXECUTE s");
    await connection.execute("SELECT HEX(AES_ENCRYPT(?, ?)) AS x", ["shown", executed.text]);
    await expect(connection.query(`ALTER USER '${user}1'@'%' WITH NONSENSE IDENTIFIED BY '${refused.text}'`)).rejects.toThrow();
    await connection.end();
    const run = await runClient("mysql", target, ["--get-server-public-key", "--execute=SELECT 'shown'"]);
    expect(run).toMatchObject({ exitCode: 0 });
  }

  async function failToSignIn(port: number): Promise<void> {
    for (const [name, password] of [
      ["ada", planted.wrong.text],
      ["nobody", planted.wrong.text],
      ["ada", planted.upstream.text],
    ] as const) {
      await expect(createConnection({ host: "127.0.0.1", port, user: name, password })).rejects.toThrow();
      const run = await runClient("mysql", { host: "127.0.0.1", port, user: name, password }, [
        "--get-server-public-key",
        "-e",
        "SELECT 1",
      ]);
      expect(run.exitCode).not.toBe(0);
    }
  }

  /** Every call that changes nothing, and what they say to what they cannot do. */
  async function askEverything(api: BrowserClient): Promise<void> {
    const rows = await vi.waitFor(async () => {
      const page = await api.call("statements.page", { filter: "", offset: 0, limit: 1000 });
      expect(page.rows.length).toBeGreaterThan(8);
      return page.rows;
    }, 15_000);
    for (const { session, seq } of rows) {
      await api.call("statements.get", { session, seq });
      await api.call("sessions.get", { session });
      await api.call("statements.rows", { session, seq, result: 0, from: 0, limit: 100, cellLimit: 0 }).catch(() => undefined);
    }
    await api.call("statements.histogram", { filter: "", from: null, to: null, buckets: 10 });
    await api.call("sessions.list", { limit: 1000 });
    for (const name of ["app.info", "status.get", "connections.list", "statements.claimNames", "library.reindex"] as const) {
      await api.call(name, {});
    }
    await api.call("connections.snippets", { id: "shop" });
    for (const secrets of [{ upstreamPassword: planted.tested.text, clientPassword: 5 }, { upstreamPassword: [planted.tested.text] }]) {
      await expect(api.call("connections.test", { connection: connectionOf(), secrets } as never)).rejects.toThrow("is not right");
    }
  }

  async function crash(serving: ObservedProgram, api: BrowserClient, port: number): Promise<void> {
    const held = await createConnection({ host: "127.0.0.1", port, user: "ada", password: planted.client.text });
    held.on("error", () => undefined);
    serving.child.kill("SIGUSR2");
    await serving.printed(/crashed on purpose/);
    held.destroy();
    await vi.waitFor(async () => {
      const { connections } = await api.call("connections.list", {});
      expect(connections[0]?.listener.state).toBe("listening");
      await (await createConnection({ host: "127.0.0.1", port, user: "ada", password: planted.client.text })).end();
    }, 30_000);
  }

  /** Where a secret may be, and nowhere else. */
  function belongs(canary: Canary, place: Place): boolean {
    const isPrinted = /: standard (output|error)$/.test(place.name);
    return canary.of === "the one-time token" && (isPrinted || place.name.includes("stenograph-open-"));
  }

  it("are found where they are", () => {
    const opened = home.places().filter(({ name }) => name.startsWith("opened"));
    expect(opened.some(({ content }) => content.includes("OPENED="))).toBe(true);
    expect(home.places().some(({ name }) => name.endsWith(".steno"))).toBe(true);
    expect(home.places().some(({ name }) => name.endsWith("library.sqlite"))).toBe(true);
    expect(home.places().some(({ name }) => name.endsWith("library.sqlite-wal"))).toBe(true);
    for (const name of ["entries.jsonl", "checkpoint"]) {
      const places = home.places().filter((place) => place.name.endsWith(join("device-log", name)));
      expect(places.some(({ content }) => content.length > 0)).toBe(true);
    }
    expect(findCanaries(home.made, home.places()).map(({ of }) => of)).toContain("the one-time token");
  });

  it("are nowhere but where they belong", () => {
    expect(findCanaries([...canaries, ...home.made], home.places(), belongs)).toEqual([]);
  });

  it("are with the private half of the device key and the key of salts nowhere but where those are kept", async () => {
    const cipher = new PassphraseCipher(planted.passphrase.text);
    const stored = (await SecretFile.open(SecretFile.pathIn(home.data, cipher), cipher)).read("device-key") ?? "";
    const deviceKey = Buffer.from(stored, "base64").subarray(-32);
    const saltKey = readFileSync(join(home.data, "evidence", "salt-key"));
    expect([deviceKey.length, saltKey.length]).toEqual([32, 32]);
    const found = [deviceKey, saltKey].flatMap((key) => {
      const forms = [key, ...(["hex", "base64", "base64url"] as const).map((encoding) => Buffer.from(key.toString(encoding).slice(0, 40)))];
      return home.places().filter(({ content }) => forms.some((form) => content.includes(form)));
    });
    expect(found.map(({ name }) => name).filter((name) => !name.endsWith(join("evidence", "salt-key")))).toEqual([]);
  });
});
