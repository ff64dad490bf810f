import { readFileSync } from "node:fs";
import { createConnection, type Connection as Mysql2Connection, type RowDataPacket } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { ClientCredential } from "../../../proxy/model/client-credential.ts";
import type { Connection } from "../../../proxy/model/connection.ts";
import { type Client, clientIsThere, runClient } from "../../support/clients.ts";
import { credentialOf, personActor } from "../../support/identity/client-credential-of.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../../support/recorded-relay.ts";
import { available, type ServerAddress } from "../../support/servers.ts";

const password = "anna-canary-password-of-24";
const anna = credentialOf("anna", password);
const annaElsewhere = credentialOf("anna", password, { id: "elsewhere", user: "anna-else00", connections: ["stock"] });
const bob = credentialOf("bob", "bob-canary-password-of-24");
const ended = "Your sign-in at Stenograph has ended. Sign in again and use the new credential.";

let relay: RecordedRelay | null = null;
let open: Mysql2Connection[];

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  for (const client of open) client.destroy();
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function start(server: ServerAddress, credentials: readonly ClientCredential[], connection: Partial<Connection> = {}) {
  relay = await startRecordedRelay({
    upstream: server,
    connection: { auth: "mapped", identity: "sign-in", upstreamUser: server.app.user, ...connection },
    secrets: { upstreamPassword: server.app.password, clientPassword: null },
    credentials,
  });
  return relay;
}

async function connect(port: number, user: string, secret: string, tls = false): Promise<Mysql2Connection> {
  const ssl = tls ? { ssl: { rejectUnauthorized: false } } : {};
  const client = await createConnection({ host: "127.0.0.1", port, user, password: secret, ...ssl });
  client.on("error", () => undefined);
  open.push(client);
  return client;
}

/** What was recorded, without a secret in it. */
function recorded(running: RecordedRelay) {
  const sessions = recordedSessions(running.dataDirectory);
  for (const { path } of sessions) expect(readFileSync(path).includes("canary")).toBe(false);
  return sessions;
}

describe.each(available(inject("servers")))("a credential that was made for a person, at $kind", (server) => {
  const programs: Client[] = (["mariadb", "mysql"] as const).filter(clientIsThere);
  it.each(programs.flatMap((program) => [false, true].map((tls) => [program, tls] as const)))(
    "lets %s in (TLS: %s), and the session is that person's",
    async (program, tls) => {
      const { port } = await start(server, [bob, anna]);
      const off = program === "mysql" ? "--ssl-mode=DISABLED" : "--skip-ssl";
      const on = program === "mysql" ? "--ssl-mode=REQUIRED" : "--ssl --skip-ssl-verify-server-cert";
      const target = { host: "127.0.0.1", port, user: anna.user, password };
      const run = await runClient(program, target, [...(tls ? on : off).split(" "), "--batch", "--execute=SELECT CURRENT_USER() AS u"]);
      expect(run.stderr).toBe("");
      expect(run.stdout).toBe("u\napp@%\n");
      await relay?.untilIdle();
      const [session] = recorded(relay as RecordedRelay);
      expect(session?.open).toMatchObject({ actor: anna.actor, account: "app", credential: { id: anna.id, user: anna.user } });
      expect(session?.open?.tls.client === null).toBe(!tls);
    },
  );

  const beginnings = [
    ["mysql", "caching_sha2_password", "--ssl-mode=DISABLED"],
    ["mysql", "caching_sha2_password", "--ssl-mode=REQUIRED"],
    ["mysql", "sha256_password", "--ssl-mode=REQUIRED"],
    ["mariadb", "mysql_native_password", "--skip-ssl"],
    ["mariadb", "caching_sha2_password", "--skip-ssl"],
  ] as const;
  it.each(beginnings.filter(([program]) => programs.includes(program)))(
    "lets %s in that begins with %s and %s",
    async (program, plugin, tls) => {
      const { port } = await start(server, [anna]);
      const target = { host: "127.0.0.1", port, user: anna.user, password };
      const run = await runClient(program, target, [`--default-auth=${plugin}`, tls, "--execute=SELECT 1"]);
      expect([run.stderr, run.exitCode]).toEqual(["", 0]);
    },
  );

  it.each([
    ["a wrong password", anna.user, "wrong-canary"],
    ["no password", anna.user, ""],
    ["an unknown name", "nobody", password],
    ["the upstream's own account", server.app.user, server.app.password],
    ["another's password", bob.user, password],
    ["a credential for another connection", annaElsewhere.user, password],
  ])("is needed: %s is refused, recorded and told of", async (_what, user, secret) => {
    const { port } = await start(server, [anna, annaElsewhere, bob]);
    const using = secret === "" ? "NO" : "YES";
    const message = `Access denied for user '${user}'@'127.0.0.1' (using password: ${using}). This connection takes credentials that Stenograph makes for who has signed in there: get one in its window.`;
    await expect(connect(port, user, secret)).rejects.toMatchObject({ errno: 1045, sqlState: "28000", sqlMessage: message });
    await expect.poll(() => relay?.refused).toHaveLength(1);
    const [session] = recorded(relay as RecordedRelay);
    expect(session?.open).toMatchObject({ account: user, signedIn: false, actor: { kind: "os-user" } });
    expect(session?.close).toMatchObject({ cause: "sign-in-failed", detail: message });
    expect(relay?.refused[0]).toMatchObject({
      connection: "shop",
      user,
      cause: "sign-in-failed",
      message,
      session: session?.open?.session,
    });
    expect(JSON.stringify(relay?.refused)).not.toContain("canary");
  });

  it("that has ended says so to who presents it, and to nobody else", async () => {
    const { port } = await start(server, [{ ...anna, ended }]);
    await expect(connect(port, anna.user, password)).rejects.toMatchObject({ errno: 1045, sqlMessage: ended });
    await expect(connect(port, anna.user, "wrong-canary")).rejects.toMatchObject({ sqlMessage: expect.stringContaining("Access denied") });
    await expect.poll(() => relay?.refused.map(({ cause }) => cause)).toEqual(["identity-ended", "sign-in-failed"]);
    expect(recorded(relay as RecordedRelay).map(({ close }) => close?.cause)).toEqual(["identity-ended", "sign-in-failed"]);
  });

  it("that has expired lets nobody in, though the relay was told nothing of it", async () => {
    const { port } = await start(server, [{ ...anna, until: Date.now() * 1000 }]);
    await expect(connect(port, anna.user, password)).rejects.toMatchObject({ errno: 1045, sqlMessage: ended });
  });

  it("ends its sessions with its identity, says why, and nobody else's", async () => {
    const running = await start(server, [anna, bob]);
    const annas = await connect(running.port, anna.user, password);
    const bobs = await connect(running.port, bob.user, "bob-canary-password-of-24", true);
    const failed = annas.query("SELECT SLEEP(60)").catch((error: unknown) => error);
    await expect.poll(() => running.openSessions()).toBe(2);
    running.setCredentials([{ ...anna, ended }, bob]);
    await expect(connect(running.port, anna.user, password)).rejects.toMatchObject({ sqlMessage: ended });
    expect(running.openSessions()).toBe(2);
    running.endSessions([anna.id], ended);
    expect(await failed).toMatchObject({ errno: 1045, sqlMessage: ended });
    const [rows] = await bobs.query<RowDataPacket[]>("SELECT 1 AS it");
    expect(rows).toEqual([{ it: 1 }]);
    await bobs.end();
    await running.untilIdle();
    const sessions = recorded(running);
    expect(sessions.map(({ open: frame, close }) => [frame?.actor.name, frame?.signedIn, close?.cause])).toEqual([
      ["anna", true, "identity-ended"],
      ["bob", true, "client-quit"],
      [expect.any(String), false, "identity-ended"],
    ]);
    expect(sessions[0]?.close?.detail).toBe(ended);
  });

  it("can be changed for another of the same person, and the session ends with that one", async () => {
    const newer = credentialOf("anna", "newer-canary-password", { id: "newer", user: "anna-newer0" });
    const running = await start(server, [anna, newer]);
    const client = await connect(running.port, anna.user, password);
    await client.changeUser({ user: newer.user, password: "newer-canary-password" });
    const [rows] = await client.query<RowDataPacket[]>("SELECT CURRENT_USER() AS u");
    expect(rows).toEqual([{ u: "app@%" }]);
    running.endSessions([anna.id], "Not this one.");
    await client.query("SELECT 1");
    const failed = client.query("SELECT SLEEP(60)").catch((error: unknown) => error);
    running.endSessions([newer.id], ended);
    expect(await failed).toMatchObject({ errno: 1045, sqlMessage: ended });
    await running.untilIdle();
    const [session] = recorded(running);
    expect(session?.open?.actor).toEqual(personActor("anna"));
    const notes = session?.notes.filter((note) => (note as { kind?: string }).kind === "signed-in-again");
    expect(notes).toEqual([expect.objectContaining({ account: "app", credential: { id: "newer", user: newer.user } })]);
  });

  it.each([
    ["another person's credential", bob.user, "bob-canary-password-of-24"],
    ["another person's name with a wrong password", bob.user, "wrong-canary"],
    ["its own name with a wrong password", anna.user, "wrong-canary"],
  ])("cannot be changed for %s: all are refused alike", async (_what, user, secret) => {
    const running = await start(server, [anna, bob]);
    const client = await connect(running.port, anna.user, password);
    const message = `Access denied for user '${user}'@'127.0.0.1' (using password: YES). Who runs a session cannot change within it: for another identity, open a new connection.`;
    await expect(client.changeUser({ user, password: secret })).rejects.toMatchObject({ errno: 1045, sqlMessage: message });
    client.destroy();
    await running.untilIdle();
    const [session] = recorded(running);
    expect(session?.open?.actor.name).toBe("anna");
  });
});
