import { expect, it } from "vitest";
import { decodeAuthSwitchRequest, encodeAuthSwitchRequest, scrambleOf } from "../../../../proxy/protocol/auth-switch-request.ts";
import { authSwitch } from "../../../support/connection-phase-packets.ts";

it("reads MariaDB's request to switch", () => {
  const decoded = decodeAuthSwitchRequest(authSwitch.request);
  if (!decoded.ok) throw new Error(decoded.malformed);
  expect(decoded.value.plugin).toBe("mysql_native_password");
  expect(scrambleOf(decoded.value.pluginData).toString("latin1")).toBe("S~E{\\<Utl?626X8LYW-u");
});

it("writes the request as MariaDB does", () => {
  const scramble = Buffer.from("S~E{\\<Utl?626X8LYW-u", "latin1");
  expect(encodeAuthSwitchRequest("mysql_native_password", scramble).toString("hex")).toBe(authSwitch.request.toString("hex"));
});

it("calls the one-byte request of old servers malformed", () => {
  expect(decodeAuthSwitchRequest(Buffer.of(0xfe)).ok).toBe(false);
});

it("keeps plugin data that ends without a NUL", () => {
  expect(scrambleOf(Buffer.from("abc"))).toEqual(Buffer.from("abc"));
});
