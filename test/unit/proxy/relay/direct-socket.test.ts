import { once } from "node:events";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directSocket } from "../../../../proxy/relay/direct-socket.ts";

let server: net.Server;
let accepted: net.Socket;
let peer: net.Socket;
let direct: net.Socket;

beforeEach(async () => {
  server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = once(server, "connection");
  peer = net.connect({ port: (server.address() as net.AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  peer.on("error", () => undefined);
  [accepted] = (await connection) as [net.Socket];
});
afterEach(async () => {
  peer.destroy();
  direct?.destroy();
  accepted.destroy();
  // Ends only once every socket that the server counts is closed.
  await new Promise((resolve) => server.close(resolve));
});

/** Takes `accepted` over; fails where this Node does not offer it, so that a new one that does not is noticed. */
function take(taken: (chunk: Buffer) => boolean): net.Socket {
  const found = directSocket(accepted, taken);
  if (found === null) throw new Error("This Node gives no direct sockets.");
  direct = found;
  return direct;
}

/** Collects what is read, as copies; `keep` says whether the chunk is held. */
function collecting(keep: (chunk: Buffer) => boolean = () => false) {
  const chunks: Buffer[] = [];
  let enough: () => void = () => undefined;
  const until = (bytes: number): Promise<void> =>
    new Promise((resolve) => {
      enough = () => void (Buffer.concat(chunks).length >= bytes && resolve());
      enough();
    });
  const taken = (chunk: Buffer): boolean => {
    chunks.push(Buffer.from(chunk));
    enough();
    return !keep(chunk);
  };
  return { chunks, taken, until };
}

describe("a direct socket", () => {
  it("reads nothing before it is resumed, and all of it then", async () => {
    const { chunks, taken, until } = collecting();
    take(taken);
    peer.write("hello");
    await new Promise((resolve) => setImmediate(resolve));
    expect(chunks).toEqual([]);
    direct.resume();
    await until(5);
    expect(Buffer.concat(chunks).toString()).toBe("hello");
  });

  it("uses the same memory again for what nobody holds, and leaves alone what somebody does", async () => {
    const held: Buffer[] = [];
    const hold = (chunk: Buffer): boolean => {
      if (chunk[0] !== 0x68) return false;
      held.push(chunk);
      return true;
    };
    const memories: string[] = [];
    const buffers: ArrayBufferLike[] = [];
    const placeOf = ({ buffer, byteOffset }: Buffer): string => {
      if (!buffers.includes(buffer)) buffers.push(buffer);
      return `${buffers.indexOf(buffer)} from ${byteOffset}`;
    };
    const { taken, until } = collecting(hold);
    take((chunk) => {
      memories.push(placeOf(chunk));
      return taken(chunk);
    }).resume();
    let sent = 0;
    for (const text of ["free", "free again", "held 1", "held 2", "over"]) {
      peer.write(text);
      sent += text.length;
      await until(sent);
    }
    expect(held.map(String)).toEqual(["held 1", "held 2"]);
    expect(memories[1]).toBe(memories[0]);
    expect(memories[3]).not.toBe(memories[2]);
    expect(memories[4]).not.toBe(memories[3]);
  });

  it("lets small pieces that are held share memory", async () => {
    const held: Buffer[] = [];
    const { taken, until } = collecting(() => true);
    take((chunk) => {
      held.push(chunk);
      return taken(chunk);
    }).resume();
    for (let piece = 0; piece < 1000; piece += 1) {
      peer.write(`piece ${String(piece).padStart(4, "0")}`);
      await until((piece + 1) * 10);
    }
    expect(Buffer.concat(held).toString()).toBe(
      Array.from({ length: 1000 }, (_, piece) => `piece ${String(piece).padStart(4, "0")}`).join(""),
    );
    const memory = [...new Set(held.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(memory).toBeLessThan(32 * 1024);
  });

  it("reads megabytes into the same memory where nobody holds them", async () => {
    const memories = new Set<ArrayBufferLike>();
    let read = 0;
    const { promise: all, resolve } = Promise.withResolvers<void>();
    const sent = Buffer.alloc(20 * 1024 * 1024, 7);
    take((chunk) => {
      memories.add(chunk.buffer);
      read += chunk.length;
      if (read === sent.length) resolve();
      return true;
    }).resume();
    peer.write(sent);
    await all;
    expect(memories.size).toBeLessThan(20);
  });

  it("brings megabytes whole, in larger pieces once they fill its memory", async () => {
    const sent = Buffer.alloc(5 * 1024 * 1024, "0123456789abcdef~");
    const { chunks, taken, until } = collecting((chunk) => chunk.length % 3 === 0);
    take(taken).resume();
    peer.write(sent);
    await until(sent.length);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeGreaterThan(8 * 1024);
  });

  it("holds the peer back while it is paused", async () => {
    const { chunks, taken, until } = collecting();
    take(taken).resume();
    peer.write("first");
    await until(5);
    direct.pause();
    const flood = Buffer.alloc(16 * 1024 * 1024, 1);
    expect(peer.write(flood)).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(Buffer.concat(chunks).length).toBe(5);
    expect(peer.writableLength).toBeGreaterThan(0);
    direct.resume();
    await until(5 + flood.length);
  });

  it("writes, and tells of the peer's end while it can still be written to", async () => {
    take(() => true).resume();
    const end = once(direct, "end");
    peer.end("bye");
    await end;
    expect(direct.writable).toBe(true);
    const closed = once(direct, "close");
    direct.end("so long");
    expect(String((await once(peer, "data"))[0])).toBe("so long");
    await closed;
  });

  it("tells of a reset", async () => {
    take(() => true).resume();
    const failed = once(direct, "error");
    peer.resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: "ECONNRESET" });
  });

  it("is counted by the server in place of the socket it came from", async () => {
    take(() => true).resume();
    const count = (): Promise<number> => new Promise((resolve) => server.getConnections((_, number) => resolve(number)));
    expect(await count()).toBe(1);
    direct.destroy();
    await once(direct, "close");
    expect(await count()).toBe(0);
  });
});

describe("there is none", () => {
  it("where something was read and not taken", async () => {
    const readable = once(accepted.resume().pause(), "readable");
    peer.write("ahead");
    await readable;
    expect(accepted.readableLength).toBe(5);
    expect(directSocket(accepted, () => true)).toBe(null);
  });

  it("where the peer has ended already", async () => {
    accepted.on("readable", () => undefined);
    const readable = once(accepted, "readable");
    peer.end();
    await readable;
    expect(directSocket(accepted, () => true)).toBe(null);
  });

  it("where the socket is gone", () => {
    accepted.destroy();
    expect(directSocket(accepted, () => true)).toBe(null);
  });
});
