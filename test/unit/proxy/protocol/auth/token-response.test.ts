import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTokenResponse } from "../../../../../proxy/protocol/auth/token-response.ts";
import { PacketWriter } from "../../../../../proxy/protocol/packet-writer.ts";

const openId = "authentication_openid_connect_client";

describe("a token in place of a password", () => {
  it("ends with a NUL in mysql_clear_password", () => {
    expect(decodeTokenResponse("mysql_clear_password", Buffer.from("e30.e30.x\0"))).toEqual({ ok: true, value: Buffer.from("e30.e30.x") });
    expect(decodeTokenResponse("mysql_clear_password", Buffer.alloc(0))).toEqual({ ok: true, value: Buffer.alloc(0) });
  });

  it.each([1, 250, 251, 1500, 70_000])("of %d bytes stands behind its length in authentication_openid_connect_client", (length) => {
    const token = Buffer.alloc(length, "e");
    expect(decodeTokenResponse(openId, new PacketWriter().uint8(1).lengthEncodedBytes(token).payload())).toEqual({
      ok: true,
      value: token,
    });
  });

  it("is none where the client has none, and malformed where it is cut short, without a word of it", () => {
    expect(decodeTokenResponse(openId, Buffer.alloc(0))).toEqual({ ok: true, value: Buffer.alloc(0) });
    const cut = decodeTokenResponse(openId, Buffer.concat([Buffer.of(1, 200), Buffer.from("canary")]));
    expect(cut.ok).toBe(false);
    expect(JSON.stringify(cut)).not.toContain("canary");
  });

  it("is looked for in any bytes without a throw", () => {
    const bytes = fc.uint8Array().map((array) => Buffer.from(array));
    fc.assert(fc.property(bytes, (any) => void decodeTokenResponse(openId, any)));
  });
});
