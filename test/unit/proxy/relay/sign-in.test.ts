import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../../proxy/model/connection.ts";
import { cachingSha2Response } from "../../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../../proxy/protocol/auth/native-password.ts";
import { Capability, has } from "../../../../proxy/protocol/capabilities.ts";
import {
  decodeHandshakeResponse41,
  encodeHandshakeResponse41,
  type HandshakeResponse41,
} from "../../../../proxy/protocol/handshake-response-41.ts";
import { writeResponseHead } from "../../../../proxy/protocol/ssl-request.ts";
import { ownGate } from "../../../../proxy/relay/client-gate.ts";
import { noFacts } from "../../../../proxy/relay/connection-phase-facts.ts";
import { Refused } from "../../../../proxy/relay/dialogue.ts";
import { type OpenSession, signIn } from "../../../../proxy/relay/sign-in.ts";
import { SignInPace } from "../../../../proxy/relay/sign-in-pace.ts";
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
const challenge = { scramble: Buffer.alloc(20, 0x41), plugin: "caching_sha2_password" };

function session(connection: Connection, response: HandshakeResponse41): OpenSession {
  return {
    connection,
    secrets: mappedSecrets,
    clientAddress: "127.0.0.1",
    gate: ownGate(connection, mappedSecrets),
    pace: new SignInPace(),
    passwordKey,
    greeting: greetingOf("mysql"),
    challenge: connection.auth === "mapped" ? challenge : null,
    freshScramble: Buffer.alloc(20, 0x42),
    response,
  };
}

const alice = responseOf("mysql", { user: Buffer.from("alice"), authResponse: cachingSha2Response("alicepw", challenge.scramble) });

describe("sign-in in passthrough mode", () => {
  it("sends the client's answer on, and knows what the session is then", () => {
    const facts = noFacts("db:3306");
    const response = responseOf("mysql");
    const played = new Playbook(signIn(session(connectionWith(), response), facts)).says("upstream", encodeHandshakeResponse41(response));
    expect(played.hears("upstream", okPacket).result.okPayload).toEqual(okPacket);
    expect(facts).toMatchObject({ account: "app", schema: "test", characterSet: 255, authPlugin: "caching_sha2_password" });
    expect(facts.claimed).toMatchObject({ program_name: "mysql" });
    expect(facts.capabilities & Capability.SSL).toBe(0);
  });

  it("asks for TLS upstream by an SSLRequest with the client's own fields, and says so again in the answer", () => {
    const facts = noFacts("db:3306");
    const response = responseOf("mysql");
    const encrypted = { ...response, capabilities: response.capabilities | Capability.SSL };
    const played = new Playbook(signIn(session(connectionWith({ upstreamTls: "required" }), response), facts));
    played
      .says("upstream", writeResponseHead(encrypted).payload())
      .encrypts("upstream")
      .says("upstream", encodeHandshakeResponse41(encrypted));
    expect(facts.tls).toEqual({ client: null, upstream: someTls });
  });
});

describe("sign-in in mapped mode", () => {
  it("lets the client in first, then signs in with the stored account and the client's wishes", () => {
    const facts = noFacts("db:3306");
    const played = new Playbook(signIn(session(mappedConnection(), alice), facts)).says("client", Buffer.of(1, 3));
    played.saysSomething("upstream", (payload) => {
      const sent = wellFormed(decodeHandshakeResponse41(payload));
      const authResponse = cachingSha2Response("apppw", greetingOf("mysql").scramble);
      expect(has(sent.capabilities, Capability.MULTI_FACTOR_AUTHENTICATION)).toBe(true);
      expect(sent).toEqual({ ...alice, user: Buffer.from("app"), authResponse });
    });
    played.hears("upstream", okPacket);
    expect(facts).toMatchObject({ account: "app", schema: "test" });
  });

  it("names the plugin upstream, and is ready for more factors there, also for a client that knows of neither", () => {
    const newer = Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA | Capability.MULTI_FACTOR_AUTHENTICATION;
    const old = alice.capabilities & ~(Capability.PLUGIN_AUTH | Capability.CONNECT_ATTRS | newer);
    const authResponse = nativePasswordResponse("alicepw", challenge.scramble);
    const response = { ...alice, capabilities: old, authPlugin: null, attributes: null, authResponse };
    new Playbook(signIn(session(mappedConnection(), response), noFacts("db:3306"))).saysSomething("upstream", (payload) => {
      const sent = wellFormed(decodeHandshakeResponse41(payload));
      expect(sent.authPlugin).toBe("caching_sha2_password");
      expect(has(sent.capabilities, Capability.MULTI_FACTOR_AUTHENTICATION)).toBe(true);
    });
  });

  it("says nothing upstream for a client that is not let in", () => {
    const facts = noFacts("db:3306");
    const bob = { ...alice, user: Buffer.from("bob") };
    expect(new Playbook(signIn(session(mappedConnection(), bob), facts)).error.errno).toBe(1045);
    expect(facts.account).toBe("bob");
  });
});

describe("sign-in with peers that say anything", () => {
  const header = fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0xfe, 0xfd);
  const payload = fc.tuple(header, fc.uint8Array({ maxLength: 60 })).map(([first, rest]) => Buffer.from([first, ...rest]));
  const any = fc.oneof(
    payload,
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  const tls = fc.constantFrom("off", "required", "preferred") as fc.Arbitrary<Connection["upstreamTls"]>;

  it.each([connectionWith(), mappedConnection()])("ends in a result or a refusal, or waits ($auth)", (base) => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), fc.boolean(), fc.boolean(), tls, (packets, fromClient, clientTls, upstreamTls) => {
        const facts = noFacts("db:3306");
        if (clientTls) facts.tls = { client: someTls, upstream: null };
        const response =
          base.auth === "mapped" ? alice : responseOf("mysql", { authPlugin: fromClient ? "sha256_password" : "caching_sha2_password" });
        const dialogue = signIn(session({ ...base, upstreamTls }, response), facts);
        try {
          let next = dialogue.next();
          for (const packet of packets) {
            while (!next.done && next.value.kind !== "receive") {
              next = dialogue.next(next.value.kind === "send" ? { kind: "sent" } : { kind: "encrypted", tls: someTls });
            }
            if (next.done) return;
            const whose = next.value.kind === "receive" ? next.value.whose : "either";
            next = dialogue.next({
              kind: "packet",
              from: whose === "either" ? (fromClient ? "client" : "upstream") : whose,
              payload: packet,
            });
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Refused);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
