import { describe, expect, it } from "vitest";
import { encodeProxyHeader } from "../../../../proxy/protocol/proxy-header.ts";

const v4 = { source: { address: "192.168.1.20", port: 51000 }, destination: { address: "10.0.0.1", port: 3307 } };
const v6 = { source: { address: "2001:db8::1:2", port: 51000 }, destination: { address: "::1", port: 3307 } };
const mapped = { source: { address: "::ffff:192.168.1.20", port: 51000 }, destination: { address: "::FFFF:10.0.0.1", port: 3307 } };
const local = { source: { address: "fe80::1%eth0", port: 1 }, destination: { address: "fe80::2%eth0", port: 2 } };

const text = (ends: Parameters<typeof encodeProxyHeader>[1]): string => encodeProxyHeader("v1", ends).toString("latin1");
const bytes = (ends: Parameters<typeof encodeProxyHeader>[1]): string => encodeProxyHeader("v2", ends).toString("hex");
const signature = "0d0a0d0a000d0a515549540a";

describe("the header of the PROXY protocol", () => {
  it("is a line of text in version 1", () => {
    expect(text(v4)).toBe("PROXY TCP4 192.168.1.20 10.0.0.1 51000 3307\r\n");
    expect(text(v6)).toBe("PROXY TCP6 2001:db8::1:2 ::1 51000 3307\r\n");
    expect(text(null)).toBe("PROXY UNKNOWN\r\n");
  });

  it("is binary in version 2", () => {
    expect(bytes(v4)).toBe(`${signature}2111000cc0a801140a000001c7380ceb`);
    expect(bytes(v6)).toBe(`${signature}2121002420010db800000000000000000001000200000000000000000000000000000001c7380ceb`);
    expect(bytes(null)).toBe(`${signature}20000000`);
  });

  it("writes the IPv4 addresses of an IPv6 socket as IPv4", () => {
    expect(text(mapped)).toBe(text(v4));
    expect(bytes(mapped)).toBe(bytes(v4));
  });

  it("leaves out the zone of a link-local address", () => {
    expect(text(local)).toBe("PROXY TCP6 fe80::1 fe80::2 1 2\r\n");
    expect(bytes(local)).toBe(`${signature}21210024${"fe80".padEnd(28, "0")}0001${"fe80".padEnd(28, "0")}000200010002`);
  });

  it("says nothing of addresses of two families", () => {
    expect(text({ ...v4, destination: v6.destination })).toBe("PROXY UNKNOWN\r\n");
  });

  it("takes an address however many zeros are left out, and wherever", () => {
    for (const [address, hex] of [
      ["::", "0".repeat(32)],
      ["1::", `0001${"0".repeat(28)}`],
      ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
      ["::2:0:0:1", "00000000000000000002000000000001"],
    ] as const) {
      expect(bytes({ source: { address, port: 0 }, destination: v6.destination }).slice(32, 64)).toBe(hex);
    }
  });
});
