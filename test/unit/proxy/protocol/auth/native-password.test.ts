import { expect, it } from "vitest";
import { nativePasswordResponse } from "../../../../../proxy/protocol/auth/native-password.ts";
import { authSwitch } from "../../../../support/connection-phase-packets.ts";

it("gives the response that the mariadb client gave", () => {
  const scramble = Buffer.from("S~E{\\<Utl?626X8LYW-u", "latin1");
  expect(nativePasswordResponse("apppw", scramble).toString("hex")).toBe(authSwitch.answer.toString("hex"));
});

it("gives nothing for the empty password", () => {
  expect(nativePasswordResponse("", Buffer.alloc(20, 1))).toHaveLength(0);
});
