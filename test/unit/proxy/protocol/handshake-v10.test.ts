import { describe, expect, it } from "vitest";
import { Capability, has, MariaDbCapability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeHandshakeV10, encodeHandshakeV10, type HandshakeV10 } from "../../../../proxy/protocol/handshake-v10.ts";
import { greetings } from "../../../support/connection-phase-packets.ts";

function decoded(payload: Buffer): HandshakeV10 {
  const result = decodeHandshakeV10(payload);
  if (!result.ok) throw new Error(result.malformed);
  return result.value;
}

describe("HandshakeV10", () => {
  it("reads MariaDB's greeting with its extended capabilities", () => {
    const greeting = decoded(greetings.mariadb);
    expect(greeting).toMatchObject({
      serverVersion: "5.5.5-10.11.19-MariaDB-0+deb12u1",
      threadId: 10,
      characterSet: 8,
      statusFlags: 2,
      authPlugin: "mysql_native_password",
    });
    expect(greeting.scramble.toString("latin1")).toBe("%$%+Hj\\o9m:xpKb,R<qF");
    expect(has(greeting.capabilities, Capability.LONG_PASSWORD)).toBe(false);
    expect(has(greeting.mariaDbCapabilities, MariaDbCapability.STMT_BULK_OPERATIONS)).toBe(true);
  });

  it("reads MySQL's greeting, which has no extended capabilities", () => {
    const greeting = decoded(greetings.mysql);
    expect(greeting).toMatchObject({ serverVersion: "9.7.4-2", threadId: 17, characterSet: 255, authPlugin: "caching_sha2_password" });
    expect(greeting.scramble).toHaveLength(20);
    expect(greeting.mariaDbCapabilities).toBe(0);
    expect(has(greeting.capabilities, Capability.QUERY_ATTRIBUTES)).toBe(true);
  });

  it.each(Object.entries(greetings))("writes the greeting of %s as it was read", (_server, payload) => {
    expect(encodeHandshakeV10(decoded(payload)).toString("hex")).toBe(payload.toString("hex"));
  });

  it("writes no plugin and no second scramble part for capabilities that have none", () => {
    const greeting = { ...decoded(greetings.mysql), capabilities: Capability.PROTOCOL_41, authPlugin: null };
    expect(decoded(encodeHandshakeV10(greeting))).toMatchObject({ authPlugin: null, capabilities: Capability.PROTOCOL_41 });
    expect(decoded(encodeHandshakeV10(greeting)).scramble).toHaveLength(8);
  });

  it("says what is wrong with another protocol version", () => {
    expect(decodeHandshakeV10(Buffer.from([9, 0x35, 0]))).toEqual({
      ok: false,
      malformed: "HandshakeV10: protocol version 9 where 10 was expected",
    });
  });

  it.each(Object.entries(greetings))("takes the greeting of %s cut off anywhere without a throw", (_server, payload) => {
    for (let length = 0; length < payload.length; length += 1) decodeHandshakeV10(payload.subarray(0, length));
    expect(decodeHandshakeV10(payload.subarray(0, 20)).ok).toBe(false);
  });
});
