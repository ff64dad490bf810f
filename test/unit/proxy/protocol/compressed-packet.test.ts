import { describe, expect, it } from "vitest";
import {
  CompressedPacketFramer,
  compress,
  compressNow,
  decompress,
  decompressNow,
  MalformedCompression,
} from "../../../../proxy/protocol/compressed-packet.ts";

const statement = Buffer.from(`\u0003select ${"0123456789".repeat(5)}`);

describe.each(["zlib", "zstd"] as const)("%s", (algorithm) => {
  it.each([
    ["what is too short to shrink", Buffer.from("short")],
    ["what shrinks", statement],
    ["what does not shrink", Buffer.from(Array.from({ length: 600 }, (_, index) => (index * 7919 * (index + 13)) % 251))],
    ["nothing", Buffer.alloc(0)],
  ])("carries %s", async (_what, plain) => {
    for (const sent of [compressNow(plain, 0x1ff, algorithm), await compress(plain, 0x1ff, algorithm)]) {
      const [packet] = new CompressedPacketFramer().push(sent);
      expect(packet?.sequenceId).toBe(0xff);
      if (packet === undefined) throw new Error("no packet was found");
      expect(decompressNow(packet, algorithm)).toEqual(plain);
      expect(await decompress(packet, algorithm)).toEqual(plain);
    }
  });

  it.each([
    ["more than was announced", -1],
    ["less than was announced", 1],
  ])("refuses a payload of %s", async (_what, off) => {
    const [packet] = new CompressedPacketFramer().push(compressNow(statement, 0, algorithm));
    if (packet === undefined) throw new Error("no packet was found");
    const wrong = { ...packet, announced: packet.announced + off };
    expect(() => decompressNow(wrong, algorithm)).toThrow(MalformedCompression);
    await expect(decompress(wrong, algorithm)).rejects.toThrow(MalformedCompression);
  });

  it("refuses a payload that is not compressed at all", async () => {
    const wrong = { sequenceId: 0, payload: Buffer.from("this is no compressed text"), announced: 100 };
    expect(() => decompressNow(wrong, algorithm)).toThrow(MalformedCompression);
    await expect(decompress(wrong, algorithm)).rejects.toThrow(MalformedCompression);
  });
});

it("does not decompress beyond what was announced, however much is in there", () => {
  const bomb = compressNow(Buffer.alloc(16_000_000), 0, "zlib");
  const [packet] = new CompressedPacketFramer().push(bomb);
  if (packet === undefined) throw new Error("no packet was found");
  expect(bomb.length).toBeLessThan(100_000);
  expect(() => decompressNow({ ...packet, announced: 1000 }, "zlib")).toThrow(MalformedCompression);
});

it("finds packets however they are cut", () => {
  const stream = Buffer.concat([
    compressNow(statement, 0, "zlib"),
    compressNow(Buffer.from("a"), 1, "zlib"),
    compressNow(Buffer.alloc(0), 2, "zlib"),
    compressNow(Buffer.alloc(300, "xyz"), 3, "zlib"),
  ]);
  const whole = new CompressedPacketFramer().push(stream);
  expect(whole.map(({ sequenceId }) => sequenceId)).toEqual([0, 1, 2, 3]);
  for (let size = 1; size < 20; size += 1) {
    const framer = new CompressedPacketFramer();
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...framer.push(stream.subarray(at, at + size)));
    expect(found).toEqual(whole);
    expect(framer.atBoundary).toBe(true);
  }
});

it("knows that a packet is not whole", () => {
  const framer = new CompressedPacketFramer();
  framer.push(compressNow(statement, 0, "zlib").subarray(0, 20));
  expect(framer.atBoundary).toBe(false);
});
