import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Connection } from "../../../../proxy/model/connection.ts";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeErrPacket, encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { decodeHandshakeResponse41, encodeHandshakeResponse41 } from "../../../../proxy/protocol/handshake-response-41.ts";
import { decodeHandshakeV10, encodeHandshakeV10 } from "../../../../proxy/protocol/handshake-v10.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { ownGate } from "../../../../proxy/relay/client-gate.ts";
import type { ClientIdentity } from "../../../../proxy/relay/client-identity.ts";
import { type ConnectionPhaseEnd, runConnectionPhase } from "../../../../proxy/relay/connection-phase.ts";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";
import { greetings, okPacket, responses, sslRequest } from "../../../support/connection-phase-packets.ts";
import { connectionWith, greetingOf, wellFormed } from "../../../support/connection-phase-settings.ts";
import { newClientIdentity, type PhaseProxy, startPhaseProxy } from "../../../support/phase-proxy.ts";
import { PacketCollector, type ScriptedUpstream, scriptedClient, startScriptedUpstream } from "../../../support/scripted-peer.ts";

const ping = toPackets(Buffer.of(0x0e), 0);
const patient = { handshakeMs: 10_000, dialMs: 10_000 };
const hasty = { handshakeMs: 50, dialMs: 50, authenticationMs: 50 };

let identity: ClientIdentity;
let removeIdentity: () => Promise<void>;
let upstream: ScriptedUpstream | null = null;
let proxy: PhaseProxy | null = null;

beforeAll(async () => {
  const made = await newClientIdentity();
  identity = made.identity;
  removeIdentity = made.remove;
});
afterEach(async () => {
  await proxy?.stop();
  await upstream?.stop();
  proxy = null;
  upstream = null;
});
afterAll(() => removeIdentity());

async function start(script: (socket: Socket) => void, changes: Partial<Connection> = {}, limits = patient): Promise<PhaseProxy> {
  upstream = await startScriptedUpstream(script);
  proxy = await startPhaseProxy(
    connectionWith({ upstream: { host: "127.0.0.1", port: upstream.port }, ...changes }),
    identity,
    undefined,
    limits,
  );
  return proxy;
}

/** An upstream that greets as MySQL and lets everyone in. */
function friendly(socket: Socket): void {
  const packets = new PacketCollector(socket);
  socket.write(toPackets(greetings.mysql, 0));
  void packets.next().then((response) => {
    if (response !== null) socket.write(toPackets(okPacket, response.sequence + 1));
  });
}

function greetsOnly(socket: Socket): void {
  socket.write(toPackets(greetings.mysql, 0));
}

function errorOf(packet: { payload: Buffer } | null) {
  if (packet === null) throw new Error("closed without a packet");
  return wellFormed(decodeErrPacket(packet.payload));
}

async function upstreamClosed(): Promise<void> {
  const socket = upstream?.accepted[0];
  // A socket that nobody reads does not find out that it was closed.
  if (socket !== undefined && !socket.destroyed) await once(socket.resume(), "close");
}

describe("a client of the Connection phase", () => {
  it("that goes away without a byte leaves nothing behind", async () => {
    const { port, nextEnd } = await start(greetsOnly);
    const client = scriptedClient(port);
    const end = nextEnd();
    await client.next();
    client.socket.end();
    expect(await end).toEqual({ kind: "silent" });
    await upstreamClosed();
  });

  it("that goes away before the upstream has greeted leaves nothing behind", async () => {
    const { port, nextEnd } = await start(() => undefined);
    const end = nextEnd();
    connect({ host: "127.0.0.1", port }).end();
    expect(await end).toEqual({ kind: "silent" });
    await upstreamClosed();
  });

  it("that never speaks is told so and closed when its time is up", async () => {
    const { port, nextEnd } = await start(greetsOnly, {}, hasty);
    const end = nextEnd();
    const client = scriptedClient(port);
    expect((await client.next())?.payload[0]).toBe(10);
    expect(errorOf(await client.next())).toMatchObject({
      errno: 1159,
      message: "The client did not sign in within 0.05 s, so the connection is closed.",
    });
    expect(await client.next()).toBeNull();
    expect(await end).toEqual({ kind: "silent" });
    await upstreamClosed();
  });

  it("that stops in the middle of its answer is refused when its time is up", async () => {
    const { port, nextEnd } = await start(greetsOnly, {}, hasty);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(toPackets(responses.mysql, 1).subarray(0, 50));
    expect(await end).toMatchObject({ kind: "refused", cause: "client-timeout", facts: { upstreamVersion: "9.7.4-2", threadId: 17 } });
    expect(errorOf(await client.next()).errno).toBe(1159);
  });

  it("that goes away in the middle of its answer is refused without a word", async () => {
    const { port, nextEnd } = await start(greetsOnly);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.end(toPackets(responses.mysql, 1).subarray(0, 50));
    expect(await end).toMatchObject({ kind: "refused", cause: "client-closed", answer: null });
    await upstreamClosed();
  });

  it.each([
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["a TLS handshake without an SSLRequest", Buffer.from("16030102000100", "hex")],
    ["a first packet out of order", toPackets(responses.mysql, 5)],
    ["a first packet of 15 MiB", Buffer.from("0000f001", "hex")],
    ["a first packet without content", Buffer.from("00000001", "hex")],
    ["an answer cut short", toPackets(responses.mysql.subarray(0, 40), 1)],
    ["noise", Buffer.from("8f3a91c4a6ee0b55d2", "hex")],
  ])("that sends %s is told what this port is for, and closed", async (_what, bytes) => {
    const { port, nextEnd } = await start(greetsOnly);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(bytes);
    expect(errorOf(await client.next()).errno).toBe(1043);
    expect(await client.next()).toBeNull();
    expect(await end).toMatchObject({ kind: "refused", cause: "client-malformed" });
    await upstreamClosed();
  });

  it("that sends garbage where its TLS handshake should be is closed", async () => {
    const { port, nextEnd } = await start(greetsOnly);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(Buffer.concat([toPackets(sslRequest, 1), Buffer.from("garbage, not a handshake")]));
    expect(await client.closed()).toBe(true);
    expect(await end).toMatchObject({ kind: "refused", cause: "client-malformed", answer: null });
    await upstreamClosed();
  });

  it("that does not go on with its TLS handshake is closed when its time is up", async () => {
    const { port, nextEnd } = await start(greetsOnly, {}, hasty);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(toPackets(sslRequest, 1));
    expect(await client.closed()).toBe(true);
    expect(await end).toMatchObject({ kind: "refused", cause: "client-timeout", answer: null });
    await upstreamClosed();
  });

  it("may send its SSLRequest and its TLS handshake in one go", async () => {
    const { port, nextEnd } = await start(friendly);
    const end = nextEnd();
    const raw = connect({ host: "127.0.0.1", port });
    await once(raw, "data");
    let ahead = toPackets(sslRequest, 1);
    const joined = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        raw.write(Buffer.concat([ahead, chunk]), done);
        ahead = Buffer.alloc(0);
      },
    });
    raw.on("data", (chunk: Buffer) => joined.push(chunk));
    const client = connectTls({ socket: joined, rejectUnauthorized: false });
    await once(client, "secureConnect");
    client.write(toPackets(responses.mysql, 2));
    expect(await end).toMatchObject({
      kind: "signed-in",
      facts: { tls: { client: { version: "TLSv1.3" }, upstream: null }, account: "app" },
    });
    raw.destroy();
  });

  it("may send byte by byte", async () => {
    const { port, nextEnd } = await start(friendly);
    const end = nextEnd();
    const client = scriptedClient(port);
    client.socket.setNoDelay(true);
    await client.next();
    for (const byte of toPackets(responses.mysql, 1)) await new Promise((resolve) => client.socket.write(Buffer.of(byte), resolve));
    expect(await end).toMatchObject({
      kind: "signed-in",
      facts: { account: "app", schema: "test", claimed: { _client_name: "libmysql" } },
    });
    expect((await client.next())?.payload).toEqual(okPacket);
  });
});

describe("an upstream of the Connection phase", () => {
  it("that is down is reported in words that need no greeting", async () => {
    const { port, nextEnd } = await start(greetsOnly);
    await upstream?.stop();
    const end = nextEnd();
    const packet = await scriptedClient(port).next();
    expect(packet?.sequence).toBe(0);
    expect(packet?.payload.subarray(3, 16).toString()).toBe("The upstream ");
    expect(errorOf(packet).message).toContain("nothing listens there");
    expect(await end).toMatchObject({ kind: "refused", cause: "upstream-unreachable", facts: { threadId: null } });
  });

  it("that never greets is given up when its time is up", async () => {
    const { port, nextEnd } = await start(() => undefined, {}, hasty);
    const end = nextEnd();
    expect(errorOf(await scriptedClient(port).next()).message).toContain("did not answer within 0.05 s");
    expect(await end).toMatchObject({ kind: "refused", cause: "upstream-unreachable" });
    await upstreamClosed();
  });

  it.each([
    ["sends a web page", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "upstream-malformed"],
    ["sends another protocol version", toPackets(Buffer.from([9, 0x35, 0]), 0), "upstream-malformed"],
    ["sends half a greeting and closes", toPackets(greetings.mysql, 0).subarray(0, 30), "upstream-closed"],
    ["closes without a word", Buffer.alloc(0), "upstream-closed"],
  ])("that %s is reported", async (_what, bytes, cause) => {
    const { port, nextEnd } = await start((socket) => socket.end(bytes));
    const end = nextEnd();
    expect(errorOf(await scriptedClient(port).next()).message).toMatch(/^The upstream/);
    expect(await end).toMatchObject({ kind: "refused", cause });
  });

  it("that resets the connection is reported as such", async () => {
    const { port, nextEnd } = await start((socket) => {
      greetsOnly(socket);
      socket.once("data", () => socket.resetAndDestroy());
    });
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(toPackets(responses.mysql, 1));
    expect(errorOf(await client.next()).errno).toBe(1158);
    expect(await end).toMatchObject({ kind: "refused", cause: "upstream-reset" });
  });

  it("that has too many connections is quoted byte for byte", async () => {
    const tooMany = encodeErrPacket({ errno: 1040, sqlstate: "08004", message: "Too many connections" }, false);
    const { port } = await start((socket) => socket.end(toPackets(tooMany, 0)));
    expect((await scriptedClient(port).next())?.payload).toEqual(tooMany);
  });

  it("that goes away during sign-in is reported to a client that is waiting", async () => {
    const { port, nextEnd } = await start((socket) => {
      greetsOnly(socket);
      socket.once("data", () => socket.destroy());
    });
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(toPackets(responses.mysql, 1));
    expect(await client.next()).toMatchObject({ sequence: 2 });
    expect(await end).toMatchObject({ kind: "refused", cause: "upstream-closed", facts: { account: "app" } });
  });

  it("that does not answer a sign-in is given up when its time is up", async () => {
    const { port, nextEnd } = await start(greetsOnly, {}, { ...patient, ...{ authenticationMs: 50 } });
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.write(toPackets(responses.mysql, 1));
    expect(errorOf(await client.next()).message).toContain("did not answer within 0.05 s");
    expect(await end).toMatchObject({ kind: "refused", cause: "upstream-unreachable" });
  });

  it("is left when the client goes away while it thinks", async () => {
    const { port, nextEnd } = await start(greetsOnly);
    const end = nextEnd();
    const client = scriptedClient(port);
    await client.next();
    client.socket.end(toPackets(responses.mysql, 1));
    expect(await end).toMatchObject({ kind: "refused", cause: "client-closed", answer: null });
    await upstreamClosed();
  });

  it("that offers no TLS is not spoken to where TLS is required, and is where it is preferred", async () => {
    const plain = encodeHandshakeV10({ ...greetingOf("mysql"), capabilities: greetingOf("mysql").capabilities & ~Capability.SSL });
    const greetsPlainly = (socket: Socket): void => {
      socket.write(toPackets(plain, 0));
      socket.once("data", () => socket.write(toPackets(okPacket, 2)));
    };
    for (const [upstreamTls, kind] of [
      ["required", "refused"],
      ["preferred", "signed-in"],
    ] as const) {
      const { port, nextEnd, stop } = await start(greetsPlainly, { upstreamTls });
      const end = nextEnd();
      const client = scriptedClient(port);
      await client.next();
      client.socket.write(toPackets(responses.mysql, 1));
      expect((await end).kind).toBe(kind);
      await stop();
      await upstream?.stop();
    }
  });
});

describe("any bytes at all", () => {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const damaged = (packets: Buffer): fc.Arbitrary<Buffer> =>
    fc.tuple(fc.nat({ max: packets.length }), fc.nat({ max: packets.length - 1 }), fc.nat({ max: 255 })).map(([length, at, value]) => {
      const copy = Buffer.from(packets);
      copy[at] = value;
      return copy.subarray(0, length);
    });
  const fromUpstream = fc.oneof(noise, damaged(Buffer.concat([toPackets(greetings.mysql, 0), toPackets(okPacket, 2)])));
  const fromClient = fc.oneof(noise, damaged(toPackets(responses.mysql, 1)));

  it.each(["passthrough", "mapped"] as const)("from both sides lead to an end in time, without a throw (%s)", async (auth) => {
    let next: Buffer = Buffer.alloc(0);
    const { port, ends, nextEnd } = await start((socket) => void socket.resume().write(next), { auth, clientUser: "alice" }, hasty);
    await fc.assert(
      fc.asyncProperty(fromUpstream, fromClient, async (upstreamBytes, clientBytes) => {
        next = upstreamBytes;
        const count = ends.length;
        const end = nextEnd();
        const client = scriptedClient(port);
        client.socket.write(clientBytes);
        const { kind } = await end;
        client.socket.destroy();
        expect(["silent", "refused", "signed-in"]).toContain(kind);
        expect(ends.length).toBe(count + 1);
      }),
      { numRuns: 40 },
    );
  });
});

describe("what passes", () => {
  it("is the upstream's greeting and the client's answer, but for compression, which is each side's own", async () => {
    const { port, nextEnd } = await start(friendly);
    const end = nextEnd();
    const client = scriptedClient(port);
    const greeting = wellFormed(decodeHandshakeV10((await client.next())?.payload ?? Buffer.alloc(0)));
    expect(greeting).toMatchObject({ serverVersion: "9.7.4-2", threadId: 17, characterSet: 255, scramble: greetingOf("mysql").scramble });
    expect(greeting.capabilities).toBe(greetingOf("mysql").capabilities);
    const response = wellFormed(decodeHandshakeResponse41(responses.mysql));
    const asked = { ...response, capabilities: response.capabilities | Capability.COMPRESS };
    const received = once(upstream?.accepted[0] as Socket, "data");
    client.socket.write(toPackets(encodeHandshakeResponse41(asked), 1));
    expect((await received)[0]).toEqual(toPackets(responses.mysql, 1));
    expect(await end).toMatchObject({ kind: "signed-in", facts: { capabilities: response.capabilities & greeting.capabilities } });
  });
});

describe("the sockets that are handed over", () => {
  async function handedOver(clientBytes: Buffer, upstreamBytes: Buffer): Promise<ConnectionPhaseEnd & { kind: "signed-in" }> {
    upstream = await startScriptedUpstream((socket) => {
      greetsOnly(socket);
      socket.once("data", () => socket.write(Buffer.concat([toPackets(okPacket, 2), upstreamBytes])));
    });
    const connection = connectionWith({ upstream: { host: "127.0.0.1", port: upstream.port } });
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = scriptedClient((server.address() as { port: number }).port);
    const [accepted] = (await once(server, "connection")) as [Socket];
    server.close();
    const secrets = { upstreamPassword: null, clientPassword: null };
    const phase = runConnectionPhase(accepted, {
      connection,
      secrets,
      clientIdentity: identity,
      limits: patient,
      gate: ownGate(connection, secrets),
      pace: new SignInPace(),
    });
    await client.next();
    client.socket.end(clientBytes);
    const end = await phase;
    if (end.kind !== "signed-in") throw new Error(JSON.stringify(end));
    return end;
  }

  it("are paused, and still hold every byte that came behind the phase", async () => {
    const end = await handedOver(Buffer.concat([toPackets(responses.mysql, 1), ping, ping]), Buffer.from("and more"));
    expect([end.client.isPaused(), end.upstream.isPaused()]).toEqual([true, true]);
    const behind = async (socket: Socket, length: number): Promise<Buffer> => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.resume();
      while (Buffer.concat(chunks).length < length) await once(socket, "data");
      return Buffer.concat(chunks);
    };
    expect(await behind(end.client, 10)).toEqual(Buffer.concat([ping, ping]));
    expect((await behind(end.upstream, 8)).toString()).toBe("and more");
    expect(upstream?.accepted[0]?.bytesRead).toBe(toPackets(responses.mysql, 1).length);
    end.client.destroy();
    end.upstream.destroy();
  });

  it("come with the OK_Packet, framed for the client and not sent", async () => {
    const end = await handedOver(Buffer.concat([toPackets(responses.mysql, 1), ping]), Buffer.alloc(0));
    expect(end.okPacket).toEqual(toPackets(okPacket, 2));
    expect(end.client.bytesWritten).toBe(toPackets(greetings.mysql, 0).length);
    end.client.destroy();
    end.upstream.destroy();
  });
});
