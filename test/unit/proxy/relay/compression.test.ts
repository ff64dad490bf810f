import { randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { CompressedPacketFramer, compressNow, decompressNow } from "../../../../proxy/protocol/compressed-packet.ts";
import { AnswerEnvelopeIds, CommandEnvelopeIds } from "../../../../proxy/protocol/envelope-ids.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { CompressedSocket } from "../../../../proxy/relay/compression.ts";

const algorithm = "zlib";
const opened: { destroy(): void }[] = [];
const complaints: string[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.destroy();
  complaints.length = 0;
});

/** A compressed side, and the socket at its other end, which reads and writes compressed packets as bytes. */
async function connected(sendsCommands = false, allowHalfOpen = true): Promise<{ side: CompressedSocket; peer: net.Socket }> {
  const server = net.createServer({ allowHalfOpen, pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const peer = net.connect({ port: (server.address() as net.AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  const [raw] = (await accepted) as [net.Socket];
  server.close();
  const ids = sendsCommands ? new CommandEnvelopeIds() : new AnswerEnvelopeIds(Capability.PROTOCOL_41, 0);
  const side = new CompressedSocket(raw, { algorithm, ids, malformed: (what) => complaints.push(what) });
  side.on("error", () => undefined);
  peer.on("error", () => undefined);
  opened.push(side, peer);
  return { side, peer };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const plainOf = (bytes: Buffer): Buffer =>
  Buffer.concat(new CompressedPacketFramer().push(bytes).map((packet) => decompressNow(packet, algorithm)));

describe("a compressed side", () => {
  it("reads in order what comes, whether it is unpacked here or on another thread", async () => {
    const { side, peer } = await connected();
    const parts = [10, 70_000, 20, 300_000, 5000, 16_385, 60].map((length) => Buffer.from(randomBytes(length / 2).toString("hex")));
    peer.end(Buffer.concat(parts.map((part, index) => compressNow(part, index, algorithm))));
    expect((await readAll(side)).equals(Buffer.concat(parts))).toBe(true);
  });

  it("writes in order what is given, and counts on from what came last", async () => {
    const { side, peer } = await connected();
    peer.write(compressNow(toPackets(Buffer.from("\u0003SELECT"), 0), 0, algorithm));
    await once(side, "data");
    const parts = [10, 90_000, 3000, 20].map((length) => randomBytes(length));
    for (const part of parts) side.write(part);
    side.end();
    const bytes = await readAll(peer);
    expect(plainOf(bytes).equals(Buffer.concat(parts))).toBe(true);
    expect(new CompressedPacketFramer().push(bytes).map(({ sequenceId }) => sequenceId)).toEqual([1, 2, 3, 4]);
  });

  it("starts the count again with each command, of which none shares a packet", async () => {
    const { side, peer } = await connected(true);
    const command = toPackets(Buffer.from("\u0003SELECT 1"), 0);
    side.write(Buffer.concat([command, command]));
    side.write(command.subarray(0, 3));
    side.write(command.subarray(3, 6));
    side.end(command.subarray(6));
    const packets = new CompressedPacketFramer().push(await readAll(peer));
    expect(packets.map(({ sequenceId }) => sequenceId)).toEqual([0, 0, 0, 1]);
    expect(Buffer.concat(packets.map((packet) => decompressNow(packet, algorithm)))).toEqual(Buffer.concat([command, command, command]));
  });

  it("passes on that the other side sends no more, and can still be written to", async () => {
    const { side, peer } = await connected();
    peer.end(compressNow(Buffer.alloc(100_000, "a"), 0, algorithm));
    expect(await readAll(side)).toHaveLength(100_000);
    side.end("answer");
    expect(plainOf(await readAll(peer)).toString()).toBe("answer");
  });

  it("closes with the socket beneath it once all has been read, though nobody has ended what is written", async () => {
    const { side, peer } = await connected(true, false);
    const closed = once(side, "close");
    peer.end(compressNow(Buffer.alloc(300_000, "a"), 0, algorithm));
    expect(await readAll(side)).toHaveLength(300_000);
    await closed;
  });

  it("ends in an error where the other side resets", async () => {
    const { side, peer } = await connected();
    side.resume();
    const failed = once(side, "error");
    peer.resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
  });

  it("resets its socket where it is told to", async () => {
    const { side, peer } = await connected();
    peer.resume();
    const failed = once(peer, "error");
    side.resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
  });

  it("sends what is still to be sent before it closes", async () => {
    const { side, peer } = await connected();
    const last = randomBytes(500_000);
    side.write(last);
    const closed = once(side, "close");
    side.destroySoon();
    expect(plainOf(await readAll(peer)).equals(last)).toBe(true);
    await closed;
  });

  it("says once what is malformed, gives on what came before, and reads no more", async () => {
    const { side, peer } = await connected();
    const read: Buffer[] = [];
    side.on("data", (chunk: Buffer) => read.push(chunk));
    const wrong = compressNow(Buffer.alloc(200_000, "b"), 1, algorithm);
    wrong.writeUIntLE(100_000, 4, 3);
    peer.write(Buffer.concat([compressNow(Buffer.from("before"), 0, algorithm), wrong, compressNow(Buffer.from("behind"), 2, algorithm)]));
    while (complaints.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(complaints).toHaveLength(1);
    expect(Buffer.concat(read).toString()).toBe("before");
    expect(side.destroyed).toBe(false);
  });

  it("unpacks no more than is read of it", async () => {
    const { side, peer } = await connected();
    const packet = compressNow(Buffer.alloc(1_000_000), 0, algorithm);
    peer.write(Buffer.concat(Array.from({ length: 50 }, () => packet)));
    await once(side, "readable");
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(side.readableLength).toBeLessThanOrEqual(2_000_000);
    const rest = readAll(side);
    peer.end();
    expect(await rest).toHaveLength(50_000_000);
  });
});
