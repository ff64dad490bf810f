import { createHash } from "node:crypto";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, inject, it } from "vitest";
import { decodeErrPacket } from "../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../proxy/protocol/packet-writer.ts";
import { wellFormed } from "../support/connection-phase-settings.ts";
import { recordedSessions } from "../support/recorded.ts";
import { type RecordedRelay, startRecordedRelay } from "../support/recorded-relay.ts";
import { scriptedClient, startScriptedUpstream } from "../support/scripted-peer.ts";
import { signIn, startScriptedServer } from "../support/scripted-server.ts";
import { available, freePort } from "../support/servers.ts";

const [server] = available(inject("servers"));
const limits = { handshakeMs: 300, dialMs: 500, authenticationMs: 500 };
let relay: RecordedRelay | null = null;

afterEach(async () => {
  await relay?.stop();
  relay?.remove();
  relay = null;
});

async function startAt(upstream: { host: string; port: number }): Promise<RecordedRelay> {
  relay = await startRecordedRelay({ upstream, limits });
  return relay;
}

/** The same at each run, so that a failure can be seen again. */
const randomOf = (bytes: number): Buffer => createHash("shake256", { outputLength: bytes }).update("noise").digest();
const garbage: readonly (readonly [string, Buffer])[] = [
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8\r\n\r\n")],
  ["one byte", Buffer.of(0)],
  ["a megabyte of 0xFF", Buffer.alloc(1_000_000, 0xff)],
  ["a megabyte of zeros", Buffer.alloc(1_000_000)],
  ["empty packets", Buffer.concat(Array.from({ length: 300 }, (_, index) => toPackets(Buffer.alloc(0), (index + 1) & 0xff)))],
  ["random bytes", randomOf(100_000)],
  ["a random packet", toPackets(randomOf(5000), 1)],
  ["a TLS hello without having asked for TLS", Buffer.concat([Buffer.from("16030100f5010000f10303", "hex"), randomOf(240)])],
];

describe.runIf(server).each(server === undefined ? [] : [server])("on the port of a session with $kind", (real) => {
  it.each(garbage)("%s ends the client that sent it, and nobody else", async (_what, bytes) => {
    const to = await startAt(real);
    const other = await createConnection({ host: "127.0.0.1", port: to.port, ...real.app });
    const client = scriptedClient(to.port);
    await client.next();
    client.socket.write(bytes);
    await client.closed();

    const [rows] = await other.query<RowDataPacket[]>("SELECT 'unharmed' AS it");
    expect(rows).toEqual([{ it: "unharmed" }]);
    await other.end();
    await to.untilIdle();
    expect(to.log).toEqual([]);
    const ends = recordedSessions(to.dataDirectory).map(({ close }) => close?.cause);
    expect(ends).toContain("client-quit");
    // Noise may happen to be a packet with which a client signs in, as somebody that the server does not know.
    for (const cause of ends) expect(cause).toMatch(/^(client-(quit|malformed|timeout|closed|reset)|sign-in-failed)$/);
  });

  it("a client that says nothing is told so after the limit, and leaves no recording", async () => {
    const to = await startAt(real);
    const client = scriptedClient(to.port);
    await client.next();
    const told = await client.next();
    expect(wellFormed(decodeErrPacket(told?.payload ?? Buffer.alloc(0)))).toMatchObject({
      errno: 1159,
      message: "The client did not sign in within 0.3 s, so the connection is closed.",
    });
    expect(await client.next()).toBeNull();
    expect(recordedSessions(to.dataDirectory)).toEqual([]);
  });

  it.each(garbage)("%s as a command gets the server's own answer, and everything is recorded", async (_what, bytes) => {
    const to = await startAt(real);
    const client = scriptedClient(to.port);
    const other = await createConnection({ host: "127.0.0.1", port: to.port, ...real.app });
    const raw = await createConnection({ host: "127.0.0.1", port: to.port, ...real.app });
    raw.on("error", () => undefined);
    const { stream } = (raw as unknown as { connection: { stream: import("node:net").Socket } }).connection;
    const gone = new Promise<void>((resolve) => stream.once("close", () => resolve()));
    stream.end(bytes);
    await gone;
    const [rows] = await other.query<RowDataPacket[]>("SELECT 'unharmed' AS it");
    expect(rows).toEqual([{ it: "unharmed" }]);
    await other.end();
    client.socket.destroy();
    await to.untilIdle();
    expect(to.log).toEqual([]);
    const session = recordedSessions(to.dataDirectory).find(({ open }) => open?.upstream.threadId === raw.threadId);
    expect(session?.close?.clientBytes).toBeGreaterThan(0);
    expect(session?.end.kind).toBe("end");
  });
});

describe("an upstream", () => {
  it("that nothing listens on is named to the client", async () => {
    const port = await freePort();
    const to = await startAt({ host: "127.0.0.1", port });
    await expect(createConnection({ host: "127.0.0.1", port: to.port, user: "app", password: "apppw" })).rejects.toThrow(
      `The upstream 127.0.0.1:${port} cannot be reached: nothing listens there (ECONNREFUSED). Check that it is up, and the host and port of this connection.`,
    );
  });

  it("that never greets is given up after the limit", async () => {
    const silent = await startScriptedUpstream(() => undefined);
    const to = await startAt({ host: "127.0.0.1", port: silent.port });
    await expect(createConnection({ host: "127.0.0.1", port: to.port, user: "app", password: "apppw" })).rejects.toThrow(
      /did not answer within 0\.5 s/,
    );
    await silent.stop();
  });

  it.each(garbage)("that greets with %s is refused with a clear error", async (_what, bytes) => {
    const broken = await startScriptedUpstream((socket) => void socket.write(bytes));
    const to = await startAt({ host: "127.0.0.1", port: broken.port });
    const client = scriptedClient(to.port);
    const told = await client.next();
    expect(told?.payload.subarray(3).toString("utf8")).toMatch(/The upstream (does not speak|did not answer|went away)/);
    expect(await client.next()).toBeNull();
    expect(to.log).toEqual([]);
    await broken.stop();
  });

  it.each(garbage)("that answers a command with %s is recorded and forwarded as it is", async (_what, bytes) => {
    const broken = await startScriptedServer(async ({ socket, nextCommand }) => {
      await nextCommand();
      socket.end(bytes);
    });
    const to = await startAt({ host: "127.0.0.1", port: broken.port });
    const client = scriptedClient(to.port);
    await signIn(client);
    let received = 0;
    client.socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    client.socket.write(toPackets(Buffer.from("\x03SELECT 1"), 0));
    await client.closed();
    await to.untilIdle();
    expect(received).toBe(bytes.length);
    expect(recordedSessions(to.dataDirectory)[0]?.close).toMatchObject({ upstreamBytes: bytes.length });
    expect(to.log).toEqual([]);
    await broken.stop();
  });
});
