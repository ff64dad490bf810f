import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import type { RefusedClient } from "../../../proxy/model/client-credential.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { RelayClient, type RelayClientOptions } from "../../../proxy/relay/relay-client.ts";
import { connectionWith } from "../../support/connection-phase-settings.ts";
import { credentialOf, personActor } from "../../support/identity/client-credential-of.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { available, type ServerAddress } from "../../support/servers.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";

const anna = credentialOf("anna", "password-of-anna");
const token = "e30.e30.token";

let relay: RelayClient | null = null;
let directory = temporaryDirectory();

afterEach(async () => {
  await relay?.close();
  directory[Symbol.dispose]();
  directory = temporaryDirectory();
});

/** A relay in a thread of its own, with one connection; gives its port. */
async function start(server: ServerAddress, options: Partial<RelayClientOptions> = {}): Promise<number> {
  relay = new RelayClient({
    worker: new URL("../../../proxy/relay-thread.ts", import.meta.url),
    dataDirectory: directory.path,
    actor: { kind: "os-user", name: "tester", authenticated: false },
    recorder: "00000000-0000-4000-8000-000000000000",
    ...options,
  });
  relay.setCredentials([anna]);
  const { host, port } = server;
  const connection = connectionWith({ auth: "mapped", identity: "sign-in", upstream: { host, port }, upstreamUser: server.app.user });
  const state = await relay.start(connection, { upstreamPassword: server.app.password, clientPassword: null });
  if (state.state !== "listening") throw new Error(JSON.stringify(state));
  return state.port;
}

async function connect(port: number, user: string, password: string) {
  const clear = () => () => Buffer.from(`${password}\0`);
  const tls = user === "token" ? { ssl: { rejectUnauthorized: false }, authPlugins: { mysql_clear_password: clear } } : {};
  const client = await createConnection({ host: "127.0.0.1", port, user, password, ...tls });
  client.on("error", () => undefined);
  return client;
}

const servers = available(inject("servers"));

describe.each(servers)("the relay's thread in front of $kind", (server) => {
  it("knows the credentials from its first client on, ends their sessions, and tells who was turned away", async () => {
    const refused: RefusedClient[] = [];
    const port = await start(server, { refused: (client) => refused.push(client) });
    const client = await connect(port, anna.user, "password-of-anna");
    const [rows] = await client.query<RowDataPacket[]>("SELECT 1 AS it");
    expect(rows).toEqual([{ it: 1 }]);
    const sleeping = client.query("SELECT SLEEP(60)").catch((error: unknown) => error);
    relay?.setCredentials([{ ...anna, ended: "You signed out." }]);
    relay?.endSessions([anna.id], "You signed out.");
    expect(await sleeping).toMatchObject({ errno: 1045, sqlMessage: "You signed out." });
    await expect(connect(port, anna.user, "password-of-anna")).rejects.toMatchObject({ sqlMessage: "You signed out." });
    await expect.poll(() => refused).toMatchObject([{ cause: "identity-ended", user: anna.user, connection: "shop" }]);
    await relay?.close();
    expect(recordedSessions(directory.path).map(({ open }) => [open?.signedIn, open?.actor.name])).toEqual([
      [true, "anna"],
      [false, "tester"],
    ]);
  });

  it("asks the main thread about tokens, for which connection, and takes no part in what it finds out", async () => {
    const asked: string[][] = [];
    const port = await start(server, {
      verifyToken: async (presented, connection) => {
        asked.push([presented, connection]);
        return { ok: true, actor: personActor("bob"), credential: "token:bob", until: null };
      },
    });
    const client = await connect(port, "token", token);
    await client.query("SELECT 1");
    await client.end();
    expect(asked).toEqual([[token, "shop"]]);
    await relay?.close();
    expect(recordedSessions(directory.path)[0]?.open?.actor).toEqual(personActor("bob"));
  });

  it.each([
    ["without a provider", {}, "No identity provider is set up"],
    ["where verifying fails", { verifyToken: () => Promise.reject(new Error("a mistake")) }, "could not be verified"],
  ])("refuses tokens %s", async (_where, options, sentence) => {
    const log: string[] = [];
    const port = await start(server, { ...options, log: (line) => log.push(line) });
    await expect(connect(port, "token", token)).rejects.toMatchObject({ errno: 1045, sqlMessage: expect.stringContaining(sentence) });
    expect(log.join()).not.toContain(token);
  });

  it.skipIf(process.platform !== "linux")("records which process of this machine a client is", async () => {
    const port = await start(server);
    const recordings = (): number => [...listRecordings(directory.path)].length;
    const recordedProcess = async () => {
      const before = recordings();
      const client = await connect(port, anna.user, "password-of-anna");
      await expect.poll(recordings, { timeout: 20_000 }).toBeGreaterThan(before);
      await client.end();
      return recordedSessions(directory.path).at(-1)?.open?.process;
    };
    // The recording of a client that says nothing waits for it, but not as long as a busy machine may need.
    await expect.poll(recordedProcess, { timeout: 20_000 }).toMatchObject({ pid: process.pid, program: process.execPath });
  });
});
