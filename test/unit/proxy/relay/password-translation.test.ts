import { describe, expect, it } from "vitest";
import { decryptPassword, encryptPassword } from "../../../../proxy/protocol/auth/rsa-password.ts";
import { encodeAuthMoreData } from "../../../../proxy/protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { relayAuthentication } from "../../../../proxy/relay/authentication-relay.ts";
import { PasswordTranslation, type SideTransports } from "../../../../proxy/relay/password-translation.ts";
import { okPacket } from "../../../support/connection-phase-packets.ts";
import { newPasswordKey } from "../../../support/connection-phase-settings.ts";
import { Playbook } from "../../../support/playbook.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const proxyKey = newPasswordKey();
const upstreamKey = newPasswordKey();
const clear = (): Buffer => Buffer.from("apppw\0");
const full = Buffer.of(1, 4);
const clientEncrypted = { client: "tls", upstream: "plain" } as const;
const upstreamEncrypted = { client: "plain", upstream: "tls" } as const;
const sha2 = "caching_sha2_password";
const sha256 = "sha256_password";

function play(plugin: string, transports: SideTransports) {
  return new Playbook(relayAuthentication(new PasswordTranslation(plugin, scramble, transports, proxyKey), false));
}

function first(plugin: string, transports: SideTransports, answer: Buffer) {
  return new Playbook(new PasswordTranslation(plugin, scramble, transports, proxyKey).answerForUpstream(answer));
}

function forKey(key: typeof proxyKey): Buffer {
  return encryptPassword(clear(), scramble, key.publicKeyPem) as Buffer;
}

describe("a client over TLS and an upstream without", () => {
  it("has its clear password encrypted with the upstream's RSA key", () => {
    const played = play(sha2, clientEncrypted)
      .hears("upstream", full)
      .says("client", full)
      .hears("client", clear())
      .says("upstream", Buffer.of(2));
    const keyed = played.waitsOnlyFor("upstream").hears("upstream", encodeAuthMoreData(upstreamKey.publicKeyPem));
    const sent = keyed.saysSomething("upstream", (payload) =>
      expect(decryptPassword(payload, scramble, upstreamKey.privateKey)).toEqual(clear()),
    );
    expect(sent.hears("upstream", okPacket).result.plugin).toBe(sha2);
  });

  it("has the same done for sha256_password, also with the scramble of a switch", () => {
    const other = Buffer.from("ABCDEFGHIJKLMNOPQRST");
    const ask = encodeAuthSwitchRequest(sha256, other);
    const played = play(sha2, clientEncrypted)
      .hears("upstream", ask)
      .says("client", ask)
      .hears("client", clear())
      .says("upstream", Buffer.of(1));
    const keyed = played.hears("upstream", encodeAuthMoreData(upstreamKey.publicKeyPem));
    keyed.saysSomething("upstream", (payload) => expect(decryptPassword(payload, other, upstreamKey.privateKey)).toEqual(clear()));
  });

  it("is not betrayed by an upstream that sends no usable key", () => {
    const played = play(sha2, clientEncrypted)
      .hears("upstream", full)
      .says("client", full)
      .hears("client", clear())
      .says("upstream", Buffer.of(2));
    expect(played.hears("upstream", encodeAuthMoreData(Buffer.from("no key"))).refusal.cause).toBe("upstream-malformed");
  });

  it("forgets the password when the upstream asks for another plugin instead", () => {
    const ask = encodeAuthSwitchRequest("mysql_native_password", scramble);
    const played = play(sha2, clientEncrypted)
      .hears("upstream", full)
      .says("client", full)
      .hears("client", clear())
      .says("upstream", Buffer.of(2));
    played.hears("upstream", ask).says("client", ask).hears("client", Buffer.alloc(20, 1)).says("upstream", Buffer.alloc(20, 1));
  });

  it("has its first answer held back where sha256_password puts the password in it", () => {
    expect(first(sha256, clientEncrypted, clear()).result).toEqual(Buffer.of(1));
  });

  it.each(["mysql_clear_password", "authentication_openid_connect_client"])("never has a secret of %s sent on in clear", (plugin) => {
    const { error } = first(plugin, clientEncrypted, Buffer.from("token"));
    expect(error.message).toContain("was not sent on");
    expect(error.message).not.toContain("token");
  });
});

describe("a client without TLS and an upstream with", () => {
  it("gets the proxy's RSA key when it asks, and its password goes on in clear over TLS", () => {
    const played = play(sha2, upstreamEncrypted).hears("upstream", full).says("client", full).hears("client", Buffer.of(2));
    const keyed = played
      .says("client", encodeAuthMoreData(proxyKey.publicKeyPem))
      .hears("client", forKey(proxyKey))
      .says("upstream", clear());
    expect(keyed.hears("upstream", okPacket).result.plugin).toBe(sha2);
  });

  it("may know the proxy's key already", () => {
    play(sha2, upstreamEncrypted).hears("upstream", full).says("client", full).hears("client", forKey(proxyKey)).says("upstream", clear());
  });

  it("is told so when it used the upstream's key instead of the proxy's", () => {
    const played = play(sha2, upstreamEncrypted).hears("upstream", full).says("client", full).hears("client", forKey(upstreamKey));
    expect(played.error.message).toContain("get-server-public-key");
    expect(played.refusal.cause).toBe("sign-in-failed");
  });

  it("has the same done for sha256_password before its first answer goes on", () => {
    const played = first(sha256, upstreamEncrypted, Buffer.of(1)).says("client", encodeAuthMoreData(proxyKey.publicKeyPem));
    expect(played.hears("client", forKey(proxyKey)).result).toEqual(clear());
  });
});

describe("an answer that is no password", () => {
  it.each([clientEncrypted, upstreamEncrypted])("goes on as it is: %j", (encrypted) => {
    const hash = Buffer.alloc(32, 9);
    expect(first(sha2, encrypted, hash).result).toEqual(hash);
    expect(first("mysql_native_password", encrypted, Buffer.alloc(20, 9)).result).toEqual(Buffer.alloc(20, 9));
    expect(first(sha256, encrypted, Buffer.of(0)).result).toEqual(Buffer.of(0));
    expect(first(sha256, encrypted, Buffer.alloc(0)).result).toEqual(Buffer.alloc(0));
  });
});
