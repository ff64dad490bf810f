import { expect, it } from "vitest";
import { PacketWriter, toPackets } from "../../../../proxy/protocol/packet-writer.ts";

it("writes the basic types in order", () => {
  const payload = new PacketWriter()
    .uint8(1)
    .uint16(0x0203)
    .uint32(0xfffffffe)
    .zeros(2)
    .bytes(Uint8Array.of(7, 8))
    .text("é")
    .nulTerminated("x")
    .nulTerminated(Uint8Array.of(9))
    .lengthEncodedText("yz")
    .payload();
  expect(payload.toString("hex")).toBe("01 0302 feffffff 0000 0708 c3a9 7800 0900 02797a".replaceAll(" ", ""));
});

it("takes the bytes of a view, not of what lies beneath it", () => {
  const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  expect(new PacketWriter().bytes(view).payload()).toEqual(Buffer.of(2, 3));
});

it("frames a payload under its number, and an empty one too", () => {
  expect(toPackets(Buffer.from("ab"), 3).toString("hex")).toBe("020000036162");
  expect(toPackets(Buffer.alloc(0), 256).toString("hex")).toBe("00000000");
});
