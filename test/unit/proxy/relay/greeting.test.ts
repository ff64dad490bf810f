import { describe, expect, it } from "vitest";
import { Capability, has } from "../../../../proxy/protocol/capabilities.ts";
import {
  capabilitiesInForce,
  clientCompression,
  clientGreeting,
  mariaDbCapabilitiesInForce,
  ownPlugin,
  speaks41,
  upstreamCapabilities,
  upstreamCompression,
} from "../../../../proxy/relay/greeting.ts";
import { greetingOf } from "../../../support/connection-phase-settings.ts";

const { COMPRESS, ZSTD_COMPRESSION_ALGORITHM, MULTI_FACTOR_AUTHENTICATION, SSL, DEPRECATE_EOF } = Capability;
const plain = { encrypted: false, compression: null };
const mysql = greetingOf("mysql");
const challenge = { scramble: Buffer.alloc(20, 0x41), plugin: "mysql_native_password" };

describe("the greeting for a client", () => {
  it.each(["mysql", "mariadb"] as const)("is %s's own to the last byte", (kind) => {
    const upstream = greetingOf(kind);
    expect(clientGreeting(upstream, "optional", null)).toEqual(upstream);
  });

  it("offers no extended capability of MariaDB's that the proxy does not know", () => {
    const upstream = { ...greetingOf("mariadb"), mariaDbCapabilities: 0xffffffff };
    expect(clientGreeting(upstream, "optional", null).mariaDbCapabilities).toBe(0b111101);
  });

  it("offers TLS as the connection says, whatever the upstream offers", () => {
    const withoutTls = { ...mysql, capabilities: mysql.capabilities & ~SSL };
    expect(has(clientGreeting(withoutTls, "required", null).capabilities, SSL)).toBe(true);
    expect(has(clientGreeting(mysql, "off", null).capabilities, SSL)).toBe(false);
  });

  it("carries the proxy's own challenge in mapped mode, and no second factor", () => {
    const greeting = clientGreeting(mysql, "optional", challenge);
    expect(greeting).toMatchObject({ scramble: challenge.scramble, authPlugin: "mysql_native_password", threadId: 17 });
    expect(has(greeting.capabilities, MULTI_FACTOR_AUTHENTICATION)).toBe(false);
  });
});

it("asks clients for the upstream's plugin where the proxy speaks it, else for mysql_native_password", () => {
  expect(ownPlugin(mysql)).toBe("caching_sha2_password");
  expect(ownPlugin(greetingOf("mariadb"))).toBe("mysql_native_password");
  expect(ownPlugin({ ...mysql, authPlugin: "sha256_password" })).toBe("mysql_native_password");
});

it("tells the upstream what the client said, but for what was withheld, TLS and compression, which are each side's own", () => {
  const flags = DEPRECATE_EOF | SSL | COMPRESS;
  expect(upstreamCapabilities(flags, "passthrough", plain)).toBe(DEPRECATE_EOF);
  expect(upstreamCapabilities(DEPRECATE_EOF, "passthrough", { ...plain, encrypted: true })).toBe(DEPRECATE_EOF | SSL);
  expect(upstreamCapabilities(0, "passthrough", { ...plain, compression: "zlib" })).toBe(COMPRESS);
  expect(upstreamCapabilities(COMPRESS, "passthrough", { ...plain, compression: "zstd" })).toBe(ZSTD_COMPRESSION_ALGORITHM);
  expect(upstreamCapabilities(MULTI_FACTOR_AUTHENTICATION, "mapped", plain)).toBe(0);
});

it("has in force only what both the client asked for and the upstream has", () => {
  const upstream = { ...mysql, capabilities: Capability.PROTOCOL_41 | SSL };
  expect(capabilitiesInForce(DEPRECATE_EOF | Capability.PROTOCOL_41 | SSL, upstream, "passthrough")).toBe(Capability.PROTOCOL_41);
});

it("compresses for a client that asks for what was offered, by zlib where it asks for both", () => {
  expect(clientCompression(0, COMPRESS)).toBeNull();
  expect(clientCompression(COMPRESS, ZSTD_COMPRESSION_ALGORITHM)).toBeNull();
  expect(clientCompression(ZSTD_COMPRESSION_ALGORITHM, COMPRESS | ZSTD_COMPRESSION_ALGORITHM)).toBe("zstd");
  expect(clientCompression(COMPRESS | ZSTD_COMPRESSION_ALGORITHM, COMPRESS | ZSTD_COMPRESSION_ALGORITHM)).toBe("zlib");
});

it("asks an upstream only for the compression that it offers", () => {
  const upstream = { ...mysql, capabilities: COMPRESS };
  expect([upstreamCompression("zlib", upstream), upstreamCompression("zstd", upstream)]).toEqual(["zlib", null]);
  expect(upstreamCompression("off", upstream)).toBeNull();
});

it("has MariaDB's extended flags in force only for a client that does not say it is MySQL's", () => {
  const upstream = { ...greetingOf("mariadb"), mariaDbCapabilities: 0b11101 };
  const client = { capabilities: 0, mariaDbCapabilities: 0b10101, maxPacketSize: 0, characterSet: 45 };
  expect(mariaDbCapabilitiesInForce(client, upstream)).toBe(0b10101);
  expect(mariaDbCapabilitiesInForce({ ...client, capabilities: Capability.LONG_PASSWORD }, upstream)).toBe(0);
});

it("knows a server from before 4.1", () => {
  expect(speaks41(mysql)).toBe(true);
  expect(speaks41({ ...mysql, capabilities: Capability.PROTOCOL_41 })).toBe(false);
});
