import { describe, expect, it } from "vitest";
import { decoding, MalformedPacket, PacketReader } from "../../../../proxy/protocol/packet-reader.ts";
import { PacketWriter } from "../../../../proxy/protocol/packet-writer.ts";

const reader = (hex: string): PacketReader => new PacketReader(Buffer.from(hex, "hex"));

describe("integers", () => {
  it.each([
    ["uint8", (of: PacketReader) => of.uint8(), "ff", 255],
    ["uint16", (of: PacketReader) => of.uint16(), "0102", 0x0201],
    ["uint24", (of: PacketReader) => of.uint24(), "010203", 0x030201],
    ["uint32", (of: PacketReader) => of.uint32(), "ffffffff", 0xffffffff],
    ["uint64", (of: PacketReader) => of.uint64(), "ffffffffffffffff", 0xffffffffffffffffn],
  ] as const)("%s are little-endian and unsigned", (_, read, hex, value) => {
    expect(read(reader(hex))).toBe(value);
    expect(() => read(reader(hex.slice(2)))).toThrow(MalformedPacket);
  });

  it.each([
    [0, "00"],
    [250, "fa"],
    [251, "fcfb00"],
    [0xffff, "fcffff"],
    [0x10000, "fd000001"],
    [0xffffff, "fdffffff"],
    [0x1000000, "fe0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "feffffffffffff1f00"],
  ])("length-encoded %d is written and read", (value, hex) => {
    expect(new PacketWriter().lengthEncoded(value).payload().toString("hex")).toBe(hex);
    expect(reader(hex).lengthEncoded()).toBe(value);
    expect(reader(hex).lengthEncodedBigInt()).toBe(BigInt(value));
    for (let cut = 2; cut < hex.length; cut += 2) expect(() => reader(hex.slice(0, -cut)).lengthEncoded()).toThrow(MalformedPacket);
  });

  it("a length beyond what is safe is malformed, a count is not", () => {
    expect(() => reader("feffffffffffffffff").lengthEncoded()).toThrow(MalformedPacket);
    expect(reader("feffffffffffffffff").lengthEncodedBigInt()).toBe(0xffffffffffffffffn);
  });

  it.each(["fb", "ff"])("0x%s starts no length-encoded integer", (hex) => {
    expect(() => reader(hex).lengthEncoded()).toThrow(MalformedPacket);
    expect(() => reader(hex).lengthEncodedBigInt()).toThrow(MalformedPacket);
  });
});

describe("strings", () => {
  it("end at a NUL, or at the end where that may be left out", () => {
    expect(reader("616200").nulTerminatedText()).toBe("ab");
    expect(() => reader("6162").nulTerminatedText()).toThrow(MalformedPacket);
    expect(reader("6162").textToNulOrEnd()).toBe("ab");
    const both = reader("61620063");
    expect([both.textToNulOrEnd(), both.textToNulOrEnd()]).toEqual(["ab", "c"]);
  });

  it("of a length that is not there are malformed", () => {
    expect(reader("03616263").lengthEncodedText()).toBe("abc");
    expect(() => reader("046162").lengthEncodedBytes()).toThrow(MalformedPacket);
    expect(() => reader("0461").bytes(-1)).toThrow(MalformedPacket);
  });
});

describe("decoding", () => {
  it("turns what is malformed into a sentence that names the packet", () => {
    const decoded = decoding("a thing", Buffer.of(1), (of) => of.uint32());
    expect(decoded).toEqual({ ok: false, malformed: "a thing: 4 bytes expected at 0, 1 there" });
  });

  it("hides no mistake of our own", () => {
    const mistake = (): never => {
      throw new TypeError("ours");
    };
    expect(() => decoding("a thing", Buffer.of(1), mistake)).toThrow("ours");
  });

  it("reads without copying", () => {
    const payload = Buffer.from("03616263", "hex");
    const bytes = new PacketReader(payload).lengthEncodedBytes();
    payload[1] = 0x7a;
    expect(bytes.toString()).toBe("zbc");
  });
});
