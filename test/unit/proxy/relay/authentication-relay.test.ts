import { describe, expect, it } from "vitest";
import { encodeAuthMoreData } from "../../../../proxy/protocol/auth-more-data.ts";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { relayAuthentication } from "../../../../proxy/relay/authentication-relay.ts";
import { PasswordTranslation } from "../../../../proxy/relay/password-translation.ts";
import { okPacket } from "../../../support/connection-phase-packets.ts";
import { newPasswordKey } from "../../../support/connection-phase-settings.ts";
import { Playbook } from "../../../support/playbook.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const key = newPasswordKey();

function play(plugin = "caching_sha2_password", multiFactor = false) {
  const translation = new PasswordTranslation(plugin, scramble, { client: "plain", upstream: "plain" }, key);
  return new Playbook(relayAuthentication(translation, multiFactor));
}

describe("authentication between client and upstream", () => {
  it("ends with the upstream's OK_Packet, which is not sent yet", () => {
    expect(play().hears("upstream", okPacket).result).toMatchObject({ okPayload: okPacket, plugin: "caching_sha2_password" });
  });

  it("ends with the upstream's ERR_Packet, byte for byte", () => {
    const denied = encodeErrPacket({ errno: 1045, sqlstate: "28000", message: "Access denied" });
    expect(play().hears("upstream", denied).refusal).toMatchObject({ cause: "sign-in-failed", answer: denied });
  });

  it("relays a full authentication with the upstream's own RSA key as it is", () => {
    const full = Buffer.of(1, 4);
    const pem = encodeAuthMoreData(key.publicKeyPem);
    const secret = Buffer.alloc(256, 7);
    const played = play().hears("upstream", full).says("client", full).hears("client", Buffer.of(2)).says("upstream", Buffer.of(2));
    const keyed = played.hears("upstream", pem).says("client", pem).hears("client", secret).says("upstream", secret);
    expect(keyed.hears("upstream", okPacket).result.plugin).toBe("caching_sha2_password");
  });

  it("relays a switch to a plugin that nobody here knows, and any words of it", () => {
    const ask = encodeAuthSwitchRequest("dialog", Buffer.from("\x04Password: "));
    const played = play()
      .hears("upstream", ask)
      .says("client", ask)
      .hears("client", Buffer.from("secret"))
      .says("upstream", Buffer.from("secret"));
    const more = played
      .hears("upstream", Buffer.from("\x02OTP: "))
      .says("client", Buffer.from("\x02OTP: "))
      .hears("client", Buffer.from("123456"));
    expect(more.says("upstream", Buffer.from("123456")).hears("upstream", okPacket).result.plugin).toBe("dialog");
  });

  it("relays the request for a next factor", () => {
    const next = encodeAuthSwitchRequest("authentication_ldap", scramble);
    next[0] = 0x02;
    expect(play("a", true).hears("upstream", next).says("client", next).hears("upstream", okPacket).result.plugin).toBe(
      "authentication_ldap",
    );
  });

  it("listens to the client only when it was asked something, so that a command sent ahead stays unread", () => {
    const fast = Buffer.of(1, 3);
    play().waitsOnlyFor("upstream").hears("upstream", fast).says("client", fast).waitsOnlyFor("upstream");
  });

  it("relays the one-byte request of old servers", () => {
    play()
      .hears("upstream", Buffer.of(0xfe))
      .says("client", Buffer.of(0xfe))
      .hears("client", Buffer.alloc(9))
      .says("upstream", Buffer.alloc(9));
  });

  it("does not go on for ever", () => {
    const played = play();
    for (let count = 0; count < 64; count += 1) played.hears("upstream", Buffer.of(1, 9)).says("client", Buffer.of(1, 9));
    expect(played.refusal.cause).toBe("upstream-malformed");
  });
});
