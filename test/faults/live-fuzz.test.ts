/**
 * Random bytes at both sockets of a live proxy. `STENOGRAPH_FUZZ_SECONDS` says how long (20 s unless told) and
 * `STENOGRAPH_FUZZ_SEED` repeats what a failing run has printed.
 */
import net from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, inject, it } from "vitest";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { recordedSessions } from "../support/recorded.ts";
import { startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient } from "../support/scripted-peer.ts";
import { signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available } from "../support/servers.ts";
import { WireClient } from "../support/wire/wire-client.ts";

const seconds = Number(process.env.STENOGRAPH_FUZZ_SECONDS ?? 20);
const firstSeed = Number(process.env.STENOGRAPH_FUZZ_SEED ?? Date.now() % 1_000_000_000);
const patience = (seconds / 2) * 1000 + 60_000;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Bytes without meaning: bare, as a packet, or as a packet whose header says another length. */
function nonsense(random: () => number): Buffer {
  const bytes = Buffer.from(Array.from({ length: Math.floor(random() ** 3 * 3000) }, () => Math.floor(random() * 256)));
  const shape = random();
  if (shape < 0.3) return bytes;
  // 0x08 is COM_SHUTDOWN, 0x0c COM_PROCESS_KILL and 0x01 COM_QUIT, which mean something.
  if (bytes.length > 0 && [0x01, 0x08, 0x0c].includes(bytes[0] as number)) bytes[0] = 0x03;
  const packet = toPackets(bytes, random() < 0.8 ? 0 : Math.floor(random() * 256));
  if (shape > 0.9) packet[0] = Math.floor(random() * 256);
  return packet;
}

/** Calls `round` with a seed of its own again and again for half of the time there is. */
async function forAWhile(round: (random: () => number) => Promise<void>): Promise<number> {
  const end = Date.now() + (seconds / 2) * 1000;
  let seed = firstSeed;
  for (; Date.now() < end; seed += 1) {
    try {
      await round(randomFrom(seed));
    } catch (thrown) {
      throw new Error(`STENOGRAPH_FUZZ_SEED=${seed} fails`, { cause: thrown });
    }
  }
  return seed - firstSeed;
}

it.each(available(inject("servers")).slice(0, 1))(
  "nonsense from clients, before and behind sign-in, harms no other session",
  async (server) => {
    const limits = { handshakeMs: 400, dialMs: 2000, authenticationMs: 400 };
    const relay = await startRecordedRelay({ upstream: server, limits });
    const other = await createConnection({ host: "127.0.0.1", port: relay.port, ...server.app });
    const rounds = await forAWhile(async (random) => {
      const signedIn = random() < 0.7;
      const socket = signedIn ? (await WireClient.connect(relay, server.app)).detach() : net.connect(relay.port, "127.0.0.1");
      socket.on("error", () => undefined).resume();
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      for (let times = random() * 6; times > 0; times -= 1) socket.write(nonsense(random));
      if (random() < 0.3) socket.resetAndDestroy();
      else socket.end();
      await closed;
      const [rows] = await other.query<RowDataPacket[]>("SELECT 'unharmed' AS it");
      expect(rows).toEqual([{ it: "unharmed" }]);
    });
    await other.end();
    await relay.untilIdle();
    expect(rounds).toBeGreaterThan(5);
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
      answer = Buffer.concat(Array.from({ length: 1 + random() * 5 }, () => nonsense(random)));
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
    expect(rounds).toBeGreaterThan(5);
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
