import { expect, it } from "vitest";
import { xor } from "../../../../../proxy/protocol/auth/xor.ts";

it("repeats a pattern that is shorter than the bytes", () => {
  expect(xor(Buffer.from([1, 2, 3]), Buffer.from([0xff, 0x0f]))).toEqual(Buffer.from([0xfe, 0x0d, 0xfc]));
});
