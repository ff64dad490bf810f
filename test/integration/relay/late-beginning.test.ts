import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import type { ClientProcess } from "../../../proxy/model/session.ts";
import { decodeErrPacket } from "../../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../../proxy/protocol/packet-writer.ts";
import { listRecordings } from "../../../proxy/recording/recording-files.ts";
import { FaultyFiles } from "../../support/faulty-files.ts";
import { recordedSessions } from "../../support/recorded.ts";
import { type RecordedRelay, type RecordedRelayOptions, startRecordedRelay } from "../../support/recorded-relay.ts";
import { type ScriptedUpstream, scriptedClient } from "../../support/scripted-peer.ts";
import { commandOk, signIn, startScriptedServer } from "../../support/scripted-server.ts";

const found: ClientProcess = { pid: 7, program: "/usr/bin/mysql", user: "anna" };
const neverFound = () => new Promise<null>(() => undefined);

let relay: RecordedRelay | null = null;
let server: ScriptedUpstream | null = null;
let commands = 0;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
  await server?.stop();
  server = null;
});

/** A relay before a server that says OK to every command, and counts them. */
async function started(options: Partial<RecordedRelayOptions>): Promise<RecordedRelay> {
  commands = 0;
  server = await startScriptedServer(async ({ socket, nextCommand, send }) => {
    socket.once("end", () => socket.end());
    for (let command = await nextCommand(); command !== null; command = await nextCommand()) {
      commands += 1;
      send(commandOk, 1);
    }
  });
  relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port }, ...options });
  return relay;
}

const query = toPackets(Buffer.from("\x03SELECT 1"), 0);

it("a client is served while its process is still being looked for, and recorded without it", async () => {
  const { port, dataDirectory, untilIdle } = await started({ processOf: neverFound });
  const client = scriptedClient(port);
  await signIn(client);
  client.socket.write(query);
  expect((await client.next())?.payload[0]).toBe(0);
  client.socket.destroy();
  await untilIdle();
  const [session, ...others] = recordedSessions(dataDirectory);
  expect(others).toEqual([]);
  expect(session?.open).not.toHaveProperty("process");
  expect(session?.statements.map(({ sql, outcome }) => [sql, outcome])).toEqual([["SELECT 1", "ok"]]);
});

it.each<[string, RecordedRelayOptions["processOf"], ClientProcess | undefined]>([
  ["is not found", neverFound, undefined],
  ["is found", () => Promise.resolve(found), found],
])("a session in which nothing is said is on record all the same where its process %s", async (_, processOf, process) => {
  const { port, dataDirectory, untilIdle } = await started({ ...(processOf && { processOf }) });
  const client = scriptedClient(port);
  await signIn(client);
  await expect.poll(() => [...listRecordings(dataDirectory)].length, { timeout: 30_000 }).toBe(1);
  client.socket.destroy();
  await untilIdle();
  expect(recordedSessions(dataDirectory).map(({ open }) => open?.process)).toEqual([process]);
});

it("nothing reaches the server where the recording of a client that is being looked for cannot begin", async () => {
  const files = new FaultyFiles();
  const { port, dataDirectory, untilIdle } = await started({ processOf: neverFound, files });
  files.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
  const client = scriptedClient(port);
  const closed = once(client.socket, "close");
  await signIn(client);
  client.socket.write(query);
  const answer = await client.next();
  // Where the time for the search was over before the command came, the session has ended before.
  const told = answer === null ? null : decodeErrPacket(answer.payload, null);
  if (told !== null) expect(told).toMatchObject({ ok: true, value: { errno: 1105 } });
  await closed;
  await untilIdle();
  files.fault = () => null;
  expect(commands).toBe(0);
  expect(recordedSessions(dataDirectory).flatMap(({ statements }) => statements)).toEqual([]);
});
