/**
 * Random bytes at both sockets of a live proxy. How to run it for longer and to repeat a failure:
 * test/fixtures/fuzz-seeds/README.md.
 */
import net from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { fuzzSeconds, keptSeeds, newSeeds, withSeed } from "../support/fuzzing.ts";
import type { Random } from "../support/random.ts";
import { recordedSessions } from "../support/recorded.ts";
import { startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available } from "../support/servers.ts";
import { capturedSessions } from "../support/wire/captured.ts";
import { WireClient } from "../support/wire/wire-client.ts";

const tests = 1 + available(inject("servers")).length;
const seconds = fuzzSeconds(45) / tests;
const patience = seconds * 1000 + 60_000;

/** Bytes without meaning: bare, as a packet, or as a packet whose header says another length. */
function nonsense(random: Random): Buffer {
  const bytes = random.bytes(Math.floor((random.below(1000) / 1000) ** 3 * 3000));
  const shape = random.below(10);
  if (shape < 3) return bytes;
  // 0x08 is COM_SHUTDOWN, 0x0c COM_PROCESS_KILL and 0x01 COM_QUIT, which mean something.
  if (bytes.length > 0 && [0x01, 0x08, 0x0c].includes(bytes[0] as number)) bytes[0] = 0x03;
  const packet = toPackets(bytes, random.below(5) > 0 ? 0 : random.below(256));
  if (shape === 9) packet[0] = random.below(256);
  return packet;
}

/** Real commands, some of them changed, in any order: more of them get far than of nonsense. */
function distorted(random: Random): Buffer[] {
  const { answers } = random.pick(capturedSessions());
  return Array.from({ length: 1 + random.below(8) }, () => {
    const command = Buffer.from(random.pick(answers).command, "hex");
    const payload = random.mutated(command);
    if (payload.length > 0 && [0x01, 0x08, 0x0c].includes(payload[0] as number)) payload[0] = 0x03;
    return toPackets(payload, 0);
  });
}

/** Calls `round` with every seed that is kept, and with new ones for as long as there is time. */
async function forAWhile(round: (random: Random) => Promise<void>): Promise<number> {
  let rounds = 0;
  for (const seeds of [keptSeeds("live"), newSeeds(seconds)]) {
    for (const seed of seeds) {
      await withSeed(seed, round);
      rounds += 1;
    }
  }
  return rounds;
}

it.each(available(inject("servers")))(
  "nonsense from clients of $kind, before and behind sign-in, harms no other session",
  async (server) => {
    const limits = { handshakeMs: 400, dialMs: 2000, authenticationMs: 400 };
    const relay = await startRecordedRelay({ upstream: server, limits });
    const other = await createConnection({ host: "127.0.0.1", port: relay.port, ...server.app });
    const rounds = await forAWhile(async (random) => {
      const signedIn = random.below(10) < 7;
      const socket = signedIn ? (await WireClient.connect(relay, server.app)).detach() : net.connect(relay.port, "127.0.0.1");
      socket.on("error", () => undefined).resume();
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      if (signedIn && random.below(2) === 0) for (const command of distorted(random)) socket.write(command);
      for (let times = random.below(6); times > 0; times -= 1) socket.write(nonsense(random));
      if (random.below(10) < 3) socket.resetAndDestroy();
      else socket.end();
      await closed;
      const [rows] = await other.query<RowDataPacket[]>("SELECT 'unharmed' AS it");
      expect(rows).toEqual([{ it: "unharmed" }]);
    });
    await other.end();
    await relay.untilIdle();
    expect(rounds).toBeGreaterThan(0);
    expect(relay.log).toEqual([]);
    expect(relay.states.at(-1)?.state ?? "recording").toBe("recording");
    expect(recordedSessions(relay.dataDirectory).filter(({ end }) => end.kind === "damaged")).toEqual([]);
    await relay.stop();
    relay.remove();
  },
  patience,
);

it(
  "nonsense from a server is forwarded as it is, recorded, and ends nothing but its session",
  async () => {
    let answer: Buffer = Buffer.alloc(0);
    const server = await startScriptedServer(async ({ socket, nextCommand }) => {
      await nextCommand();
      socket.end(answer);
    });
    const relay = await startRecordedRelay({ upstream: { host: "127.0.0.1", port: server.port } });
    const rounds = await forAWhile(async (random) => {
      answer = Buffer.concat(Array.from({ length: 1 + random.below(5) }, () => nonsense(random)));
      const client = scriptedClient(relay.port);
      await signIn(client);
      let received = 0;
      client.socket.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      client.socket.write(toPackets(Buffer.from("\x03SELECT 1"), 0));
      await client.closed();
      await relay.untilIdle();
      expect(received).toBe(answer.length);
    });
    expect(rounds).toBeGreaterThan(0);
    expect(relay.log).toEqual([]);
    const sessions = recordedSessions(relay.dataDirectory);
    expect(sessions).toHaveLength(rounds);
    expect(sessions.filter(({ end, close }) => end.kind === "damaged" || close === null)).toEqual([]);
    await relay.stop();
    relay.remove();
    await server.stop();
  },
  patience,
);
