import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { PacketStream, type Taken } from "../../../../proxy/relay/packet-stream.ts";

const hello = Buffer.from("hello");
let near: Socket;
let far: Socket;

beforeEach(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  far = connect((server.address() as { port: number }).port, "127.0.0.1");
  [near] = (await once(server, "connection")) as [Socket];
  server.close();
  near.on("error", () => undefined);
  far.on("error", () => undefined);
});
afterEach(() => {
  near.destroy();
  far.destroy();
});

function taken(stream: PacketStream): Promise<Taken> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = stream.take();
      if (found !== null) resolve(found);
    };
    stream.onChange(look);
    look();
  });
}

describe("packets of a socket", () => {
  it("are taken one at a time, whatever the chunks", async () => {
    const stream = new PacketStream(near, true);
    far.write(Buffer.concat([toPackets(hello, 0), toPackets(Buffer.alloc(0), 1), toPackets(Buffer.alloc(70_000, 7), 2).subarray(0, 100)]));
    expect(await taken(stream)).toEqual({ kind: "packet", payload: hello });
    expect(await taken(stream)).toEqual({ kind: "packet", payload: Buffer.alloc(0) });
    const third = taken(stream);
    far.write(toPackets(Buffer.alloc(70_000, 7), 2).subarray(100));
    expect(await third).toEqual({ kind: "packet", payload: Buffer.alloc(70_000, 7) });
  });

  it("are numbered on from each other in both directions, from 255 to 0", async () => {
    const stream = new PacketStream(near, true, 254);
    far.write(toPackets(hello, 254));
    await taken(stream);
    expect([stream.frame(hello)[3], stream.frame(hello)[3]]).toEqual([255, 0]);
  });

  it("are malformed out of order where that is checked, and adopted where not", async () => {
    const strict = new PacketStream(near, true);
    far.write(toPackets(hello, 7));
    expect(await taken(strict)).toMatchObject({ kind: "lost", how: "malformed", detail: "packet 0 was expected, 7 came" });
  });

  it("are adopted out of order where that is not checked", async () => {
    const lenient = new PacketStream(near, false);
    far.write(toPackets(hello, 7));
    expect(await taken(lenient)).toMatchObject({ kind: "packet" });
    expect(lenient.nextSequence).toBe(8);
  });

  it("are refused by their announced length, before their bytes are there", async () => {
    const stream = new PacketStream(near, true);
    far.write(Buffer.from("01001000", "hex"));
    expect(await taken(stream)).toMatchObject({ kind: "lost", how: "malformed" });
  });

  it("that are not whole at the end are lost", async () => {
    const stream = new PacketStream(near, true);
    far.end(toPackets(hello, 0).subarray(0, 7));
    expect(await taken(stream)).toEqual({ kind: "lost", how: "closed", detail: "the connection was closed in the middle of a packet" });
  });

  it("that came before the end are taken before it is seen", async () => {
    const stream = new PacketStream(near, true);
    far.end(toPackets(hello, 0));
    await once(far, "finish");
    expect(await taken(stream)).toMatchObject({ kind: "packet" });
    expect(await taken(stream)).toEqual({ kind: "lost", how: "closed", detail: "the connection was closed" });
  });

  it("tell a reset from a close", async () => {
    const stream = new PacketStream(near, true);
    far.resetAndDestroy();
    expect(await taken(stream)).toMatchObject({ kind: "lost", how: "reset" });
  });
});

describe("a socket that is let go", () => {
  it("still has what was not taken, a command sent ahead among it", async () => {
    const stream = new PacketStream(near, true);
    const ahead = toPackets(Buffer.of(0x0e), 0);
    far.write(Buffer.concat([toPackets(hello, 0), ahead, ahead]));
    await taken(stream);
    expect(stream.take()).toBeNull();
    expect(stream.take()).toBeNull();
    const socket = await stream.release();
    expect(socket.isPaused()).toBe(true);
    expect(socket.read()).toEqual(Buffer.concat([ahead, ahead]));
  });

  it("is not listened to any more", async () => {
    const stream = new PacketStream(near, true);
    await stream.release();
    expect(["readable", "end", "close"].map((event) => near.listenerCount(event) - (event === "end" ? 1 : 0))).toEqual([0, 0, 0]);
  });
});
