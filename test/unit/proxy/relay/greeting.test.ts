import { describe, expect, it } from "vitest";
import { Capability, has } from "../../../../proxy/protocol/capabilities.ts";
import { capabilitiesInForce, clientGreeting, ownPlugin, speaks41, upstreamCapabilities } from "../../../../proxy/relay/greeting.ts";
import { greetingOf } from "../../../support/connection-phase-settings.ts";

const { COMPRESS, ZSTD_COMPRESSION_ALGORITHM, OPTIONAL_RESULTSET_METADATA, MULTI_FACTOR_AUTHENTICATION, SSL, DEPRECATE_EOF } = Capability;
const mysql = greetingOf("mysql");
const challenge = { scramble: Buffer.alloc(20, 0x41), plugin: "mysql_native_password" };

describe("the greeting for a client", () => {
  it("is the upstream's own but for what the proxy cannot carry", () => {
    const greeting = clientGreeting(mysql, "optional", null);
    const withheld = COMPRESS | ZSTD_COMPRESSION_ALGORITHM | OPTIONAL_RESULTSET_METADATA;
    expect(greeting).toEqual({ ...mysql, capabilities: (mysql.capabilities & ~withheld) >>> 0 });
  });

  it("offers none of MariaDB's extended capabilities", () => {
    expect(clientGreeting(greetingOf("mariadb"), "optional", null).mariaDbCapabilities).toBe(0);
  });

  it("offers TLS as the connection says, whatever the upstream offers", () => {
    const plain = { ...mysql, capabilities: mysql.capabilities & ~SSL };
    expect(has(clientGreeting(plain, "required", null).capabilities, SSL)).toBe(true);
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

it("tells the upstream what the client said, but for what was withheld and TLS, which is each side's own", () => {
  const flags = DEPRECATE_EOF | SSL | COMPRESS;
  expect(upstreamCapabilities(flags, "passthrough", false)).toBe(DEPRECATE_EOF);
  expect(upstreamCapabilities(DEPRECATE_EOF, "passthrough", true)).toBe(DEPRECATE_EOF | SSL);
  expect(upstreamCapabilities(MULTI_FACTOR_AUTHENTICATION, "mapped", false)).toBe(0);
});

it("has in force only what both the client asked for and the upstream has", () => {
  const upstream = { ...mysql, capabilities: Capability.PROTOCOL_41 | SSL };
  expect(capabilitiesInForce(DEPRECATE_EOF | Capability.PROTOCOL_41 | SSL, upstream, "passthrough")).toBe(Capability.PROTOCOL_41);
});

it("knows a server from before 4.1", () => {
  expect(speaks41(mysql)).toBe(true);
  expect(speaks41({ ...mysql, capabilities: Capability.PROTOCOL_41 })).toBe(false);
});
