import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PassphraseCipher } from "../../../proxy/identity/passphrase-cipher.ts";
import { SecretFile } from "../../../proxy/identity/secret-file.ts";
import { connectionOf } from "../../support/api/connection-of.ts";
import { BrowserClient } from "../../support/browser-client.ts";
import { freePort } from "../../support/servers.ts";
import { type RunningStenograph, startStenograph, temporaryDirectory } from "../../support/stenograph.ts";

const passphrase = "two at one table";
const perProcess = 20;
let data: ReturnType<typeof temporaryDirectory>;
let running: RunningStenograph[] = [];

beforeEach(() => {
  data = temporaryDirectory();
});

afterEach(async () => {
  await Promise.all(running.map((process) => process.end("SIGKILL")));
  running = [];
  data[Symbol.dispose]();
});

async function serve(): Promise<BrowserClient> {
  const started = await startStenograph(["serve", "--data", data.path, "--no-open"], { STENOGRAPH_PASSPHRASE: passphrase });
  running.push(started);
  const { url } = started.first as unknown as { url: string };
  return BrowserClient.connect(url, await BrowserClient.letIn(url));
}

const idsOf = async (client: BrowserClient): Promise<string[]> => {
  const { connections } = await client.call("connections.list", {});
  return connections.map(({ id }) => id).toSorted();
};

describe("two processes on one data directory", () => {
  it("lose no connection and no password, however many both of them add at once", async () => {
    const clients = [await serve(), await serve()];
    const ids = clients.map((_, process) => Array.from({ length: perProcess }, (_, index) => `c-${process}-${index}`));
    await Promise.all(
      clients.flatMap((client, process) =>
        (ids[process] ?? []).map((id) =>
          client.call("connections.save", {
            connection: connectionOf({ id, name: `name of ${id}` }),
            secrets: { upstreamPassword: `secret of ${id}` },
          }),
        ),
      ),
    );
    const all = ids.flat().toSorted();
    expect(await idsOf(clients[0] as BrowserClient)).toEqual(all);
    expect(await idsOf(clients[1] as BrowserClient)).toEqual(all);
    const file = join(data.path, "connections.json");
    const stored = JSON.parse(readFileSync(file, "utf8")) as { connections: { connection: { id: string } }[] };
    expect(stored.connections.map(({ connection }) => connection.id).toSorted()).toEqual(all);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const cipher = new PassphraseCipher(passphrase);
    const secrets = await SecretFile.open(SecretFile.pathIn(data.path, cipher), cipher);
    expect(all.map((id) => secrets.read(`connection/${id}/upstreamPassword`))).toEqual(all.map((id) => `secret of ${id}`));
    expect(readdirSync(data.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("see what the other one changed: a removed connection stops listening, a changed one listens as it was changed", async () => {
    const [one, other] = [await serve(), await serve()];
    const [gone, moved, to] = [await freePort(), await freePort(), await freePort()];
    const listening = (id: string, port: number) =>
      connectionOf({ id, name: id, auth: "passthrough", listen: { host: "127.0.0.1", port } });
    await one.call("connections.save", { connection: listening("gone", gone), secrets: {} });
    await one.call("connections.save", { connection: listening("moved", moved), secrets: {} });
    for (const id of ["gone", "moved"]) expect(await one.call("connections.start", { id })).toMatchObject({ state: "listening" });
    expect(await idsOf(other)).toEqual(["gone", "moved"]);

    await other.call("connections.remove", { id: "gone" });
    await other.call("connections.save", { connection: listening("moved", to), secrets: {} });
    await expect
      .poll(async () => (await one.call("status.get", {})).listeners, { timeout: 20_000 })
      .toEqual({ moved: { state: "listening", address: "127.0.0.1", port: to } });
  });
});
