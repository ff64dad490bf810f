import { describe, expect, it } from "vitest";
import type { TokenVerdict } from "../../../../proxy/model/client-credential.ts";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { PacketWriter } from "../../../../proxy/protocol/packet-writer.ts";
import { type ClientGate, identityGate, ownGate } from "../../../../proxy/relay/client-gate.ts";
import { KnownCredentials } from "../../../../proxy/relay/known-credentials.ts";
import type { Presented } from "../../../../proxy/relay/presented.ts";
import { authenticateByToken, presentsToken } from "../../../../proxy/relay/token-authentication.ts";
import { mappedConnection, mappedSecrets } from "../../../support/connection-phase-settings.ts";
import { personActor } from "../../../support/identity/client-credential-of.ts";
import { Playbook } from "../../../support/playbook.ts";

const fresh = Buffer.from("ABCDEFGHIJKLMNOPQRST");
const token = "e30.canary.x";
const clear = "mysql_clear_password";
const openId = "authentication_openid_connect_client";
const inClear = Buffer.from(`${token}\0`);
const inOpenId = new PacketWriter().uint8(1).lengthEncodedText(token).payload();
const vouched: TokenVerdict = { ok: true, actor: personActor("anna"), credential: "token:anna", until: 5 };

const gate: ClientGate = identityGate(mappedConnection({ identity: "sign-in" }), new KnownCredentials(() => 0), () =>
  Promise.reject(new Error("the playbook answers")),
);

function presented(user: string, authPlugin: string | null, changes: Partial<Presented> = {}): Presented {
  return { user: Buffer.from(user), authPlugin, authResponse: Buffer.alloc(0), host: "127.0.0.1", trusted: true, ...changes };
}

function play(user: string, authPlugin: string | null, changes: Partial<Presented> = {}) {
  return new Playbook(authenticateByToken(gate, presented(user, authPlugin, changes), fresh));
}

describe("a client that presents a token", () => {
  it.each([
    ["token", "caching_sha2_password", true],
    ["oidc", null, true],
    ["anna", openId, true],
    ["anna", clear, false],
    ["anna", null, false],
  ])("is known by its user name or its plugin: %s with %s", (user, authPlugin, known) => {
    expect(presentsToken(gate, presented(user, authPlugin))).toBe(known);
    expect(presentsToken(ownGate(mappedConnection(), mappedSecrets), presented(user, authPlugin))).toBe(false);
  });

  it.each([
    ["token", "mysql_native_password", clear, inClear],
    ["oidc", "caching_sha2_password", openId, inOpenId],
    ["oidc", openId, openId, inOpenId],
    ["anyone", openId, openId, inOpenId],
  ])("as %s with %s is asked for it by %s", (user, begins, plugin, answer) => {
    const played = play(user, begins).says("client", encodeAuthSwitchRequest(plugin, fresh)).hears("client", answer);
    expect(played.verifies(token, vouched).result).toEqual({
      actor: personActor("anna"),
      credential: { id: "token:anna", user },
      until: 5,
    });
  });

  it.each([
    ["token", clear, inClear],
    ["oidc", openId, inOpenId],
  ])("as %s is not asked where it has answered in %s already, and the answer is wiped", (user, plugin, answer) => {
    const authResponse = Buffer.from(answer);
    expect(play(user, plugin, { authResponse }).verifies(token, vouched).result.actor.name).toBe("anna");
    expect(authResponse).toEqual(Buffer.alloc(answer.length));
  });

  it("is refused over what is not encrypted before it is asked, and what it has sent is wiped", () => {
    const authResponse = Buffer.from(inClear);
    expect(play("token", clear, { trusted: false, authResponse }).error.message).toContain("over TLS only");
    expect(authResponse.every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    ["says nothing", clear, Buffer.alloc(0), 1045, "presented no token"],
    ["says an empty one", openId, Buffer.of(1, 0), 1045, "presented no token"],
    ["cuts it short", openId, inOpenId.subarray(0, 6), 1043, "Bad handshake"],
  ])("is refused where it %s", (_what, plugin, answer, errno, words) => {
    const user = plugin === clear ? "token" : "oidc";
    const played = play(user, "caching_sha2_password").says("client", encodeAuthSwitchRequest(plugin, fresh)).hears("client", answer);
    expect(played.error).toMatchObject({ errno, message: expect.stringContaining(words) });
    expect(JSON.stringify(played.refusal)).not.toContain("canary");
  });

  it("is refused where it knows of no plugins", () => {
    expect(play("token", null).error.message).toContain("too old for authentication plugins");
  });

  it.each([
    [true, "Access denied for user 'token'@'127.0.0.1'. Why."],
    [false, "Why."],
  ])("is told why it is not accepted, and waits next time if the token was wrong (%s)", (wrong, message) => {
    const played = play("token", clear, { authResponse: Buffer.from(inClear) }).verifies(token, { ok: false, wrong, message: "Why." });
    expect(played.error).toEqual({ errno: 1045, sqlstate: "28000", message });
    expect(played.refusal.wrongCredential === true).toBe(wrong);
  });
});
