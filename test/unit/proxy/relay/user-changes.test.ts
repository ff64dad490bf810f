import { describe, expect, it } from "vitest";
import { cachingSha2Response } from "../../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../../proxy/protocol/auth/native-password.ts";
import { decodeAuthSwitchRequest, encodeAuthSwitchRequest, scrambleOf } from "../../../../proxy/protocol/auth-switch-request.ts";
import { type ChangeUser, decodeChangeUser, encodeChangeUser } from "../../../../proxy/protocol/change-user.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { type ClientGate, ownGate } from "../../../../proxy/relay/client-gate.ts";
import { noFacts } from "../../../../proxy/relay/connection-phase-facts.ts";
import { capabilitiesInForce } from "../../../../proxy/relay/greeting.ts";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";
import { UserChanges } from "../../../../proxy/relay/user-changes.ts";
import { okPacket } from "../../../support/connection-phase-packets.ts";
import {
  connectionWith,
  greetingOf,
  mappedConnection,
  mappedSecrets,
  newPasswordKey,
  responseOf,
  wellFormed,
} from "../../../support/connection-phase-settings.ts";
import { Playbook, someTls } from "../../../support/playbook.ts";

const passwordKey = newPasswordKey();
const greetingScramble = Buffer.from("greeting-scramble-20");
const upstreamScramble = Buffer.from("upstream-scramble-20");
const denied = encodeErrPacket({ errno: 1045, sqlstate: "28000", message: "Access denied for user 'bob'@'db' (using password: YES)" });

const asked: ChangeUser = {
  user: Buffer.from("bob"),
  authResponse: Buffer.from("response"),
  schema: Buffer.from("shop"),
  characterSet: 33,
  authPlugin: "mysql_native_password",
  attributes: null,
};

type ServerName = "mariadb" | "mysql";

function session(server: ServerName, mapped: boolean, tls = { client: false, upstream: false }, gate: ClientGate | null = null) {
  const greeting = greetingOf(server);
  const response = responseOf(server);
  const connection = mapped ? mappedConnection() : connectionWith();
  const facts = {
    ...noFacts("db:3306"),
    capabilities: capabilitiesInForce(response.capabilities, greeting, connection.auth),
    tls: { client: tls.client ? someTls : null, upstream: tls.upstream ? someTls : null },
  };
  const challenge = mapped ? { scramble: greetingScramble, plugin: "mysql_native_password" } : null;
  const open = {
    connection,
    secrets: mappedSecrets,
    clientAddress: "127.0.0.1",
    gate: gate ?? ownGate(connection, mappedSecrets),
    pace: new SignInPace(),
    passwordKey,
    greeting,
    challenge,
    freshScramble: greetingScramble,
    response,
  };
  const changes = new UserChanges(open, facts, upstreamScramble);
  const payload = (changed: Partial<ChangeUser>): Buffer => encodeChangeUser({ ...asked, ...changed }, facts.capabilities);
  return { changes, facts, change: (changed: Partial<ChangeUser>) => new Playbook(changes.change(payload(changed))), payload };
}

describe("a change of user in passthrough", () => {
  it("is relayed byte for byte, and its end says who the session is", () => {
    const { change, payload } = session("mariadb", false);
    const request = encodeAuthSwitchRequest("mysql_native_password", upstreamScramble);
    const played = change({}).says("upstream", payload({})).hears("upstream", request).says("client", request);
    const answered = played.hears("client", Buffer.from("answer")).says("upstream", Buffer.from("answer")).hears("upstream", okPacket);
    expect(answered.result).toEqual({
      kind: "changed",
      okPayload: okPacket,
      signedIn: { account: "bob", schema: "shop", characterSet: 33, plugin: "mysql_native_password" },
    });
  });

  it("is the upstream's to refuse", () => {
    const { change, payload } = session("mariadb", false);
    const played = change({}).says("upstream", payload({})).hears("upstream", denied);
    expect(played.result).toMatchObject({ kind: "refused", errPayload: denied, detail: expect.stringContaining("Access denied") });
  });

  it("is the upstream's to judge where it cannot be decoded", () => {
    const { changes } = session("mysql", false);
    const malformed = Buffer.from([0x11, 0x61, 0x00, 0xff]);
    const played = new Playbook(changes.change(malformed)).says("upstream", malformed).hears("upstream", okPacket);
    expect(played.result).toMatchObject({ kind: "changed", signedIn: { account: null, schema: null, characterSet: null } });
  });

  it("may be to the anonymous account", () => {
    const { change, payload } = session("mariadb", false);
    const nobody = { user: Buffer.alloc(0), authResponse: Buffer.alloc(0), schema: Buffer.alloc(0) };
    const played = change(nobody).says("upstream", payload(nobody)).hears("upstream", okPacket);
    expect(played.result).toMatchObject({ signedIn: { account: null, schema: null } });
  });

  it("does not send on a secret in clear to an upstream without TLS", () => {
    const { change } = session("mysql", false, { client: true, upstream: false });
    expect(change({ authPlugin: "mysql_clear_password" }).error.message).toContain("in clear");
  });

  it("gives each side the form of the password that it expects", () => {
    const { change } = session("mysql", false, { client: true, upstream: false });
    const clear = { authPlugin: "sha256_password", authResponse: Buffer.from("apppw\0") };
    const played = change(clear).saysSomething("upstream", (sent) => expect(sent.includes("apppw")).toBe(false));
    played.hears("upstream", Buffer.concat([Buffer.of(1), passwordKey.publicKeyPem])).saysSomething("upstream", (sent) => {
      expect(sent).toHaveLength(256);
    });
  });
});

describe("a change of user in mapped mode", () => {
  const alice = { user: Buffer.from("alice") };

  function answerOf(password: string): { look(payload: Buffer): void; answer(): Buffer } {
    let scramble: Buffer = Buffer.alloc(0);
    return {
      look: (payload) => {
        const request = wellFormed(decodeAuthSwitchRequest(payload));
        expect(request.plugin).toBe("mysql_native_password");
        scramble = scrambleOf(request.pluginData);
      },
      answer: () => nativePasswordResponse(password, scramble),
    };
  }

  it("signs the client in again with a fresh scramble, then the stored account", () => {
    const { change, facts } = session("mysql", true);
    const client = answerOf("alicepw");
    const admitted = change(alice).saysSomething("client", client.look).hears("client", client.answer());
    const played = admitted.saysSomething("upstream", (sent) => {
      const stored = wellFormed(decodeChangeUser(sent, facts.capabilities));
      expect(stored).toMatchObject({ user: Buffer.from("app"), schema: Buffer.from("shop"), characterSet: 33 });
      expect(stored.authResponse).toHaveLength(0);
    });
    const request = encodeAuthSwitchRequest("caching_sha2_password", upstreamScramble);
    const signed = played.hears("upstream", request).says("upstream", cachingSha2Response("apppw", upstreamScramble));
    expect(signed.hears("upstream", Buffer.of(1, 3)).hears("upstream", okPacket).result).toEqual({
      kind: "changed",
      okPayload: okPacket,
      signedIn: { account: "app", schema: "shop", characterSet: 33, plugin: "caching_sha2_password" },
    });
  });

  it("does not take the answer to a scramble that was used before", () => {
    const { change } = session("mysql", true);
    const replayed = nativePasswordResponse("alicepw", greetingScramble);
    const played = change({ ...alice, authResponse: replayed }).saysSomething("client", answerOf("alicepw").look);
    expect(played.hears("client", replayed).error.errno).toBe(1045);
  });

  it.each([
    ["another user", { user: Buffer.from("bob") }, "alicepw"],
    ["a wrong password", alice, "wrong"],
  ])("is refused for %s and ends a session with MySQL", (_what, who, password) => {
    const { change } = session("mysql", true);
    const client = answerOf(password);
    const played = change(who).saysSomething("client", client.look).hears("client", client.answer());
    expect(played.refusal.cause).toBe("sign-in-failed");
    expect(played.error.errno).toBe(1045);
  });

  it("is refused three times in a session with MariaDB, which loses its state; then not answered any more", () => {
    const { change } = session("mariadb", true);
    const reset = Buffer.of(0x1f);
    for (let count = 0; count < 3; count += 1) {
      const client = answerOf("wrong");
      const refused = change(alice).saysSomething("client", client.look).hears("client", client.answer());
      const played = refused.says("upstream", reset).hears("upstream", okPacket);
      expect(played.result).toMatchObject({ kind: "refused", detail: expect.stringContaining("Access denied for user 'alice'") });
    }
    const played = change(alice).says("upstream", reset).hears("upstream", okPacket);
    expect(played.result).toMatchObject({ kind: "refused", detail: "Unknown command" });
  });

  it("does not tell the client about the stored account that the upstream refuses", () => {
    const { change } = session("mariadb", true);
    const client = answerOf("alicepw");
    const admitted = change(alice).saysSomething("client", client.look).hears("client", client.answer());
    const played = admitted.saysSomething("upstream", () => undefined).hears("upstream", denied);
    expect(played.result).toMatchObject({ kind: "refused" });
    const told = played.result.kind === "refused" ? played.result.errPayload.toString("latin1") : "";
    expect(told).not.toContain("bob");
    expect(told).toContain("the account that is stored");
  });
});
