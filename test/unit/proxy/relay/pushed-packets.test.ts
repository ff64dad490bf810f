import { describe, expect, it } from "vitest";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { PushedPackets } from "../../../../proxy/relay/pushed-packets.ts";

const hello = Buffer.from("hello");

function pushed(): { packets: PushedPackets; written: Buffer[] } {
  const written: Buffer[] = [];
  return { packets: new PushedPackets((packet) => void written.push(packet)), written };
}

describe("packets that are pushed in", () => {
  it("are taken one at a time when they are whole, however they came", () => {
    const { packets } = pushed();
    const bytes = Buffer.concat([toPackets(hello, 3), toPackets(Buffer.alloc(0), 5)]);
    for (const [at, byte] of bytes.entries()) {
      expect(packets.take()).toBeNull();
      packets.push(Buffer.of(byte));
      if (at === 8) expect(packets.take()).toEqual({ kind: "packet", payload: hello });
    }
    expect(packets.take()).toEqual({ kind: "packet", payload: Buffer.alloc(0) });
    expect(packets.take()).toBeNull();
  });

  it("are answered under the sequence id that follows", () => {
    const { packets, written } = pushed();
    packets.send(hello);
    packets.push(toPackets(hello, 255));
    packets.take();
    packets.send(hello);
    expect(written).toEqual([toPackets(hello, 0), toPackets(hello, 0)]);
    expect(packets.frame(hello)).toEqual(toPackets(hello, 1));
    expect(packets.nextSequence).toBe(2);
  });

  it("leave the rest for who goes on", () => {
    const { packets } = pushed();
    packets.push(Buffer.concat([toPackets(hello, 0), hello]));
    packets.take();
    expect(packets.rest()).toEqual(hello);
    expect(packets.rest()).toHaveLength(0);
  });

  it("are told when more comes or no more will", () => {
    const { packets } = pushed();
    let changes = 0;
    packets.onChange(() => {
      changes += 1;
    });
    packets.push(hello);
    packets.end();
    expect(changes).toBe(2);
    expect(packets.gone).toMatchObject({ kind: "lost", how: "closed" });
  });

  it("are taken to their end after the last came", () => {
    const { packets } = pushed();
    packets.push(toPackets(hello, 0));
    packets.end();
    expect(packets.take()).toEqual({ kind: "packet", payload: hello });
    expect(packets.take()).toMatchObject({ kind: "lost" });
  });

  it("are malformed where one is longer than any sign-in needs", () => {
    const { packets } = pushed();
    packets.push(Buffer.of(0xff, 0xff, 0xff, 0));
    expect(packets.take()).toMatchObject({ kind: "lost", how: "malformed" });
  });
});
