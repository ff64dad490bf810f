import { setImmediate } from "node:timers/promises";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, expect, inject, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { FaultyFiles } from "../support/faulty-files.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { commandOk, signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available } from "../support/servers.ts";

const ping = toPackets(Buffer.of(0x0e), 0);
let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function startStrict(upstream: { host: string; port: number }, files: FaultyFiles): Promise<RecordedRelay> {
  relay = await startRecordedRelay({ upstream, files, connection: { durability: "strict" } });
  return relay;
}

/** A server that answers every command at once. */
const startAnswering = () =>
  startScriptedServer(async ({ nextCommand, send }) => {
    while ((await nextCommand()) !== null) send(commandOk, 1);
  });

it("keeps an answer back until the disk has it", async () => {
  const server = await startAnswering();
  const files = new FaultyFiles();
  const to = await startStrict({ host: "127.0.0.1", port: server.port }, files);
  const client = scriptedClient(to.port);
  await signIn(client);
  files.holdsSyncs = true;
  let answered = false;
  client.socket.write(ping);
  const answer = client.next().then((packet) => {
    answered = true;
    return packet;
  });
  await files.untilHeld();
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  expect(answered).toBe(false);

  files.releaseSyncs();
  expect((await answer)?.payload).toEqual(commandOk);
  client.socket.destroy();
  await server.stop();
});

it("answers all that wait in a session after one sync", async () => {
  const server = await startAnswering();
  const files = new FaultyFiles();
  const to = await startStrict({ host: "127.0.0.1", port: server.port }, files);
  const client = scriptedClient(to.port);
  await signIn(client);
  files.holdsSyncs = true;
  client.socket.write(ping);
  await files.untilHeld();
  const before = files.syncs;
  // Answered one by one, each in a chunk of its own, while the first sync is under way.
  for (let sent = 0; sent < 20; sent += 1) {
    client.socket.write(ping);
    await new Promise<void>((resolve) => server.accepted[0]?.once("data", () => resolve()));
  }
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  files.releaseSyncs();
  for (let answer = 0; answer < 21; answer += 1) expect((await client.next())?.payload).toEqual(commandOk);

  // One more for the twenty, and at most the one that every 200 ms asks for.
  expect(files.syncs - before).toBeLessThanOrEqual(2);
  client.socket.destroy();
  await server.stop();
});

it("gives no answer that the disk refused, and says so with the number that the client waits for", async () => {
  const server = await startAnswering();
  const files = new FaultyFiles();
  const to = await startStrict({ host: "127.0.0.1", port: server.port }, files);
  const client = scriptedClient(to.port);
  await signIn(client);
  files.fault = (operation) => (operation === "sync" ? "EIO" : null);
  client.socket.write(ping);

  const told = await client.next();
  expect(told?.sequence).toBe(1);
  expect(told?.payload[0]).toBe(0xff);
  expect(told?.payload.toString("utf8")).toContain("the disk may be failing; check it (EIO");
  expect(await client.next()).toBeNull();
  await to.untilIdle();
  expect(to.states.at(-1)?.state).toBe("failing");
  await server.stop();
});

it.each(available(inject("servers")))("streams a large result of $kind through the disk", async (server) => {
  const to = await startStrict(server, new FaultyFiles());
  const client = await createConnection({ host: "127.0.0.1", port: to.port, ...server.app });
  const [rows] = await client.query<RowDataPacket[]>("SELECT REPEAT('s', 8000000) AS s");
  await client.end();
  await to.untilIdle();

  expect(rows[0]?.s).toBe("s".repeat(8_000_000));
  expect(recordedSessions(to.dataDirectory)[0]?.close?.cause).toBe("client-quit");
});
