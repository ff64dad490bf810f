import { expect, it } from "vitest";
import { cachingSha2Response } from "../../../../../proxy/protocol/auth/caching-sha2-password.ts";

it("gives the response that the mysql client gave", () => {
  const scramble = Buffer.from("1b7e1f783a57352633624d34370c0d5c20190e41", "hex");
  expect(cachingSha2Response("apppw", scramble).toString("hex")).toBe("adaa80517427ea8054a8de294835afd42e904796f200d06c8d2ade5808d9e5f0");
});

it("gives nothing for the empty password", () => {
  expect(cachingSha2Response("", Buffer.alloc(20, 1))).toHaveLength(0);
});
