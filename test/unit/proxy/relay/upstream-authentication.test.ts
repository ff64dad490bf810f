import { verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cachingSha2Response } from "../../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../../proxy/protocol/auth/native-password.ts";
import { ed25519PublicKey } from "../../../../proxy/protocol/auth/okp-key.ts";
import { decryptPassword } from "../../../../proxy/protocol/auth/rsa-password.ts";
import type { Transport } from "../../../../proxy/protocol/auth/transport.ts";
import { encodeAuthMoreData } from "../../../../proxy/protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { authenticateUpstream, firstPlugin, firstResponse } from "../../../../proxy/relay/upstream-authentication.ts";
import { okPacket } from "../../../support/connection-phase-packets.ts";
import { newPasswordKey } from "../../../support/connection-phase-settings.ts";
import { Playbook } from "../../../support/playbook.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const key = newPasswordKey();
const sha2 = "caching_sha2_password";
const fast = Buffer.of(1, 3);
const full = Buffer.of(1, 4);
/** What MariaDB's PASSWORD() of ed25519 gives for "apppw". */
const ed25519Key = "tUbgyBkL13TnEDSoFRgO/bM1S7Vxbf3319mT7EUURaI=";
const clear = Buffer.from("apppw\0");

function play(plugin: string, encrypted: boolean, password = "apppw") {
  return new Playbook(
    authenticateUpstream(
      { connection: "shop", passwords: [password, null, null], transport: encrypted ? "tls" : "plain" },
      plugin,
      scramble,
    ),
  );
}

function switched(plugin: string, encrypted: boolean, password?: string) {
  return play("mysql_native_password", encrypted, password).hears("upstream", encodeAuthSwitchRequest(plugin, scramble));
}

function isPassword(payload: Buffer): void {
  expect(decryptPassword(payload, scramble, key.privateKey)).toEqual(clear);
}

describe("the stored account signs in upstream", () => {
  it("by its first response", () => {
    expect(play("mysql_native_password", false).hears("upstream", okPacket).result).toMatchObject({
      okPayload: okPacket,
      plugin: "mysql_native_password",
    });
  });

  it("by the fast path of caching_sha2_password", () => {
    expect(play(sha2, false).hears("upstream", fast).hears("upstream", okPacket).result.plugin).toBe(sha2);
  });

  it("with the password itself over TLS", () => {
    const played = play(sha2, true).hears("upstream", full).says("upstream", clear);
    expect(played.hears("upstream", okPacket).result.okPayload).toEqual(okPacket);
  });

  it("with the password encrypted for the upstream's RSA key", () => {
    const played = play(sha2, false).hears("upstream", full).says("upstream", Buffer.of(2));
    const keyed = played.hears("upstream", encodeAuthMoreData(key.publicKeyPem)).saysSomething("upstream", isPassword);
    expect(keyed.hears("upstream", okPacket).result.plugin).toBe(sha2);
  });

  it("with another plugin when asked to switch", () => {
    const native = switched("mysql_native_password", false).says("upstream", nativePasswordResponse("apppw", scramble));
    expect(native.hears("upstream", okPacket).result.plugin).toBe("mysql_native_password");
    switched(sha2, false).says("upstream", cachingSha2Response("apppw", scramble)).waitsOnlyFor("upstream");
    switched("mysql_clear_password", true).says("upstream", clear).waitsOnlyFor("upstream");
    switched("sha256_password", true).says("upstream", clear).waitsOnlyFor("upstream");
  });

  it("by sha256_password with the RSA key", () => {
    const played = switched("sha256_password", false).says("upstream", Buffer.of(1));
    played.hears("upstream", encodeAuthMoreData(key.publicKeyPem)).saysSomething("upstream", isPassword).waitsOnlyFor("upstream");
  });

  it("by MariaDB's Ed25519, whose challenge may end in a zero", () => {
    const challenge = Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at));
    const request = Buffer.concat([Buffer.of(0xfe), Buffer.from("client_ed25519\0"), challenge]);
    const played = play("mysql_native_password", false).hears("upstream", request);
    const signed = played.saysSomething("upstream", (signature) =>
      expect(verify(null, challenge, ed25519PublicKey(Buffer.from(ed25519Key, "base64")), signature)).toBe(true),
    );
    expect(signed.hears("upstream", okPacket).result.plugin).toBe("client_ed25519");
  });

  it("by parsec, which is asked for its salt first", () => {
    const challenge = Buffer.alloc(32, 0x61);
    const request = Buffer.concat([Buffer.of(0xfe), Buffer.from("parsec\0"), challenge]);
    const salt = Buffer.concat([Buffer.from("P\0"), Buffer.alloc(18, 0x62)]);
    for (const said of [salt, encodeAuthMoreData(salt)]) {
      const asked = play("mysql_native_password", false).hears("upstream", request).says("upstream", Buffer.alloc(0));
      const signed = asked.hears("upstream", said).saysSomething("upstream", (answer) => expect(answer).toHaveLength(96));
      expect(signed.hears("upstream", okPacket).result.plugin).toBe("parsec");
    }
  });

  it("with an empty password", () => {
    expect(firstResponse(sha2, scramble, "")).toHaveLength(0);
    switched(sha2, false, "").says("upstream", Buffer.alloc(0));
    switched("sha256_password", false, "").says("upstream", Buffer.of(0));
  });

  it("beginning with the plugin of the greeting if it is spoken", () => {
    expect([sha2, "mysql_native_password", "client_ed25519", null].map(firstPlugin)).toEqual([
      sha2,
      "mysql_native_password",
      "mysql_native_password",
      "mysql_native_password",
    ]);
  });
});

describe("an account of several factors", () => {
  const nextFactor = (plugin: string, pluginData: Buffer) => Buffer.concat([Buffer.of(2), Buffer.from(`${plugin}\0`), pluginData]);
  const asksInClear = nextFactor("mysql_clear_password", Buffer.alloc(0));

  function factors(second: string | null, third: string | null, transport: Transport = "tls") {
    const account = { connection: "shop", passwords: ["apppw", second, third], transport } as const;
    return new Playbook(authenticateUpstream(account, sha2, scramble)).hears("upstream", fast);
  }

  it("signs in with the password of each", () => {
    const second = factors("code", "key").hears("upstream", asksInClear).says("upstream", Buffer.from("code\0"));
    const third = second.hears("upstream", asksInClear).says("upstream", Buffer.from("key\0"));
    expect(third.hears("upstream", okPacket).result).toMatchObject({ okPayload: okPacket, plugin: "mysql_clear_password" });
  });

  it("answers each in its plugin, with the scramble that came for it, and switches within one", () => {
    const other = Buffer.from("tsrqponmlkjihgfedcba");
    const request = nextFactor(sha2, Buffer.concat([other, Buffer.of(0)]));
    const second = factors("code", null).hears("upstream", request).says("upstream", cachingSha2Response("code", other));
    const inFull = second.hears("upstream", full).says("upstream", Buffer.from("code\0"));
    const switched = inFull.hears("upstream", encodeAuthSwitchRequest("mysql_native_password", scramble));
    switched.says("upstream", nativePasswordResponse("code", scramble)).hears("upstream", okPacket);
    expect(switched.result.plugin).toBe("mysql_native_password");
  });

  it("may have an empty password for one, and is refused where none is stored", () => {
    factors("", null).hears("upstream", asksInClear).says("upstream", Buffer.of(0)).waitsOnlyFor("upstream");
    const missing = factors(null, "key").hears("upstream", asksInClear).error;
    expect(missing).toMatchObject({
      errno: 1045,
      message: expect.stringContaining("for a second factor, and no second password is stored"),
    });
    const third = factors("code", null).hears("upstream", asksInClear).says("upstream", Buffer.from("code\0"));
    expect(third.hears("upstream", asksInClear).error.message).toContain("for a third factor");
  });

  it("is refused by a plugin that is not spoken, and before a password would go out in clear", () => {
    const webauthn = nextFactor("authentication_webauthn_client", Buffer.alloc(40, 1));
    expect(factors("code", null).hears("upstream", webauthn).error.message).toContain('"authentication_webauthn_client"');
    expect(factors("code", null, "plain").hears("upstream", asksInClear).error.message).toContain("over TLS only");
  });

  it("never has a fourth, nor one that is not named to its end", () => {
    const played = factors("code", "key").hears("upstream", asksInClear).says("upstream", Buffer.from("code\0"));
    played.hears("upstream", asksInClear).says("upstream", Buffer.from("key\0"));
    expect(played.hears("upstream", asksInClear).refusal.cause).toBe("upstream-malformed");
    expect(factors("code", null).hears("upstream", Buffer.from("\x02mysql_clear")).refusal.cause).toBe("upstream-malformed");
  });
});

describe("the stored account is refused", () => {
  it("without a word to the client about whose it is", () => {
    const denied = encodeErrPacket({ errno: 1045, sqlstate: "28000", message: "Access denied for user 'app'@'db' (using password: YES)" });
    const { error, refusal } = play(sha2, false).hears("upstream", denied);
    expect(error).toMatchObject({ errno: 1045, sqlstate: "28000" });
    expect(error.message).toContain('stored for connection "shop"');
    expect(error.message).not.toContain("app'");
    expect(refusal.detail).toContain("Access denied for user 'app'@'db'");
  });

  it("in the upstream's words where they are not about the account", () => {
    const unknown = encodeErrPacket({ errno: 1049, sqlstate: "42000", message: "Unknown database 'nope'" });
    expect(play(sha2, false).hears("upstream", unknown).refusal.answer).toEqual(unknown);
  });

  it("by a plugin that is not spoken", () => {
    expect(switched("dialog", false).error.message).toContain('"dialog"');
    expect(play(sha2, false).hears("upstream", Buffer.of(0xfe)).error.message).toContain("mysql_old_password");
  });

  it("rather than sending its password in clear without TLS", () => {
    expect(switched("mysql_clear_password", false).error.message).toContain("over TLS only");
  });

  it("by an upstream that makes no sense", () => {
    for (const plugin of ["client_ed25519", "parsec"]) {
      const short = Buffer.concat([Buffer.of(0xfe), Buffer.from(`${plugin}\0short`)]);
      expect(play("mysql_native_password", false).hears("upstream", short).refusal.cause).toBe("upstream-malformed");
    }
    const request = Buffer.concat([Buffer.of(0xfe), Buffer.from("parsec\0"), Buffer.alloc(32, 1)]);
    const asked = play("mysql_native_password", false).hears("upstream", request).says("upstream", Buffer.alloc(0));
    expect(asked.hears("upstream", Buffer.from("Q\0salt")).refusal.cause).toBe("upstream-malformed");
    expect(play(sha2, false).hears("upstream", Buffer.of(1, 9)).refusal.cause).toBe("upstream-malformed");
    expect(play(sha2, false).hears("upstream", full).says("upstream", Buffer.of(2)).hears("upstream", Buffer.of(1, 65)).refusal.cause).toBe(
      "upstream-malformed",
    );
    expect(play("mysql_native_password", false).hears("upstream", Buffer.alloc(0)).refusal.cause).toBe("sign-in-failed");
  });

  it("by an upstream that never comes to an end", () => {
    const played = play(sha2, false);
    for (let count = 0; count < 24; count += 1) played.hears("upstream", fast);
    expect(played.refusal.cause).toBe("upstream-malformed");
  });
});
