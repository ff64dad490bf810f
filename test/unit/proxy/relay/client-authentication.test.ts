import { describe, expect, it } from "vitest";
import { cachingSha2Response } from "../../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../../proxy/protocol/auth/native-password.ts";
import { encodeAuthSwitchRequest } from "../../../../proxy/protocol/auth-switch-request.ts";
import { authenticateClient } from "../../../../proxy/relay/client-authentication.ts";
import { ownGate } from "../../../../proxy/relay/client-gate.ts";
import { mappedConnection } from "../../../support/connection-phase-settings.ts";
import { Playbook } from "../../../support/playbook.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const fresh = Buffer.from("ABCDEFGHIJKLMNOPQRST");
const alice = { user: "alice", password: "alicepw" };
const trusted = false;
const fastAuthSuccess = Buffer.of(0x01, 0x03);
const native = nativePasswordResponse("alicepw", scramble);

function play(
  presented: { plugin: string | null; response: Buffer; user?: string },
  offered = "mysql_native_password",
  { user: clientUser, password: clientPassword }: { user: string | null; password: string | null } = alice,
) {
  const { plugin, response, user = "alice" } = presented;
  const client = { user: Buffer.from(user), authPlugin: plugin, authResponse: response, host: "127.0.0.1", trusted };
  const gate = ownGate(mappedConnection({ clientUser }), { clientPassword, upstreamPassword: null });
  return new Playbook(authenticateClient(gate, { scramble, plugin: offered }, client, fresh));
}

describe("a client that signs in to the proxy", () => {
  it("is let in by mysql_native_password", () => {
    expect(play({ plugin: "mysql_native_password", response: native }).result).toBeNull();
  });

  it("is let in by caching_sha2_password on the fast path", () => {
    const response = cachingSha2Response("alicepw", scramble);
    const played = play({ plugin: "caching_sha2_password", response }, "caching_sha2_password");
    expect(played.says("client", fastAuthSuccess).result).toBeNull();
  });

  it("is let in without naming a plugin, as clients did before there were plugins", () => {
    expect(play({ plugin: null, response: native }, "caching_sha2_password").result).toBeNull();
  });

  it("is switched to its own plugin where the proxy speaks that", () => {
    const played = play({ plugin: "caching_sha2_password", response: Buffer.alloc(0) })
      .says("client", encodeAuthSwitchRequest("caching_sha2_password", fresh))
      .hears("client", cachingSha2Response("alicepw", fresh));
    expect(played.says("client", fastAuthSuccess).result).toBeNull();
  });

  it("is switched to the proxy's plugin where its own is not spoken", () => {
    const played = play({ plugin: "client_ed25519", response: Buffer.alloc(0) })
      .says("client", encodeAuthSwitchRequest("mysql_native_password", fresh))
      .hears("client", nativePasswordResponse("alicepw", fresh));
    expect(played.result).toBeNull();
  });

  it("is not let in by an answer to another scramble", () => {
    const played = play({ plugin: "client_ed25519", response: Buffer.alloc(0) }).saysSomething("client", () => undefined);
    expect(played.hears("client", native).error.errno).toBe(1045);
  });

  it.each([
    ["a wrong password", { plugin: "mysql_native_password", response: nativePasswordResponse("wrong", scramble) }, "YES"],
    ["no password", { plugin: "mysql_native_password", response: Buffer.alloc(0) }, "NO"],
    ["no password, said as a NUL", { plugin: "mysql_native_password", response: Buffer.of(0) }, "NO"],
    ["a response that is too long", { plugin: "mysql_native_password", response: Buffer.concat([native, native]) }, "YES"],
  ])("is refused as MySQL does it for %s", (_what, presented, using) => {
    expect(play(presented).error).toEqual({
      errno: 1045,
      sqlstate: "28000",
      message: `Access denied for user 'alice'@'127.0.0.1' (using password: ${using})`,
    });
  });

  it("is refused in the same words for a wrong user name", () => {
    const { message } = play({ plugin: "mysql_native_password", response: native, user: "bob" }).error;
    expect(message).toBe("Access denied for user 'bob'@'127.0.0.1' (using password: YES)");
  });

  it.each([
    { user: null, password: null },
    { user: "alice", password: null },
    { user: "alice", password: "" },
    { user: null, password: "alicepw" },
  ])("is never let in where the connection has no credential: %j", (credential) => {
    const empty = { plugin: "mysql_native_password", response: Buffer.alloc(0) };
    expect(play(empty, "mysql_native_password", credential).error.errno).toBe(1045);
    expect(play({ ...empty, user: "" }, "mysql_native_password", credential).error.errno).toBe(1045);
    expect(play({ ...empty, response: native, user: "" }, "mysql_native_password", credential).error.errno).toBe(1045);
  });
});
