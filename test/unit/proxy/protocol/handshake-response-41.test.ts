import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { decodeConnectionAttributes } from "../../../../proxy/protocol/connection-attributes.ts";
import {
  decodeHandshakeResponse41,
  encodeHandshakeResponse41,
  type HandshakeResponse41,
  speaksProtocol41,
} from "../../../../proxy/protocol/handshake-response-41.ts";
import { responses, sslRequest } from "../../../support/connection-phase-packets.ts";

function decoded(payload: Buffer): HandshakeResponse41 {
  const result = decodeHandshakeResponse41(payload);
  if (!result.ok) throw new Error(result.malformed);
  return result.value;
}

function names({ user, schema, authPlugin, attributes, ...response }: HandshakeResponse41): unknown {
  const claimed = decodeConnectionAttributes(attributes ?? Buffer.alloc(0));
  return {
    user: user.toString(),
    schema: schema?.toString(),
    authPlugin,
    size: response.authResponse.length,
    claimed: claimed.ok && claimed.value,
  };
}

describe("HandshakeResponse41", () => {
  it("reads what the mariadb client sends", () => {
    expect(names(decoded(responses.mariadb))).toEqual({
      user: "app",
      schema: "test",
      authPlugin: "mysql_native_password",
      size: 20,
      claimed: {
        _os: "Linux",
        _client_name: "libmariadb",
        _pid: "16597",
        _client_version: "3.3.20",
        _platform: "x86_64",
        program_name: "mysql",
        _server_host: "127.0.0.1",
      },
    });
    expect(decoded(responses.mariadb)).toMatchObject({ characterSet: 33, maxPacketSize: 0x100000, mariaDbCapabilities: 0x1d });
  });

  it("reads what the mysql client sends", () => {
    expect(names(decoded(responses.mysql))).toMatchObject({
      user: "app",
      schema: "test",
      authPlugin: "caching_sha2_password",
      size: 32,
      claimed: { _client_name: "libmysql", _client_version: "9.7.4", os_user: "root" },
    });
    expect(decoded(responses.mysql).mariaDbCapabilities).toBe(0);
  });

  it("reads what mysql2 sends", () => {
    expect(names(decoded(responses.mysql2))).toMatchObject({
      user: "app",
      schema: "test",
      size: 20,
      claimed: { _client_name: "Node-MySQL-2" },
    });
  });

  it.each(Object.entries(responses))("writes the answer of %s as it was read", (_client, payload) => {
    expect(encodeHandshakeResponse41(decoded(payload)).toString("hex")).toBe(payload.toString("hex"));
  });

  it("leaves out of the packet what the flags do not announce", () => {
    const { CONNECT_WITH_DB, CONNECT_ATTRS } = Capability;
    const response = decoded(responses.mysql);
    const shorter = { ...response, capabilities: response.capabilities & ~(CONNECT_WITH_DB | CONNECT_ATTRS) };
    expect(decoded(encodeHandshakeResponse41(shorter))).toMatchObject({
      schema: null,
      attributes: null,
      authPlugin: "caching_sha2_password",
    });
  });

  it("takes a last name without its NUL, as some clients send it", () => {
    const response = decoded(responses.mysql);
    const short = { ...response, capabilities: response.capabilities & ~Capability.CONNECT_ATTRS };
    expect(decoded(encodeHandshakeResponse41(short).subarray(0, -1)).authPlugin).toBe("caching_sha2_password");
  });

  it.each(Object.entries(responses))("takes the answer of %s cut off anywhere without a throw", (_client, payload) => {
    for (let length = 0; length < payload.length; length += 1) decodeHandshakeResponse41(payload.subarray(0, length));
    expect(decodeHandshakeResponse41(payload.subarray(0, 40)).ok).toBe(false);
  });

  it("tells 4.1 from what is older or something else", () => {
    expect(speaksProtocol41(responses.mysql)).toBe(true);
    expect(speaksProtocol41(sslRequest)).toBe(true);
    expect(speaksProtocol41(Buffer.from("0580000000726f6f7400", "hex"))).toBe(false);
    expect(speaksProtocol41(Buffer.of(1))).toBe(false);
  });
});
