import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cachingSha2Response } from "../../../../../proxy/protocol/auth/caching-sha2-password.ts";
import { nativePasswordResponse } from "../../../../../proxy/protocol/auth/native-password.ts";
import { decoyVerifiers, provesPassword, verifiersOf } from "../../../../../proxy/protocol/auth/password-verifiers.ts";

const scramble = Buffer.from("abcdefghijklmnopqrst");
const plugins = [
  ["mysql_native_password", nativePasswordResponse],
  ["caching_sha2_password", cachingSha2Response],
] as const;

describe.each(plugins)("verifiers and %s", (plugin, respond) => {
  const proves = (verified: string, authResponse: Buffer, at = scramble): boolean =>
    provesPassword(verifiersOf(verified), { plugin, scramble: at, authResponse });

  it("take what a client that knows the password answers, and nothing else", () => {
    const password = fc.string({ minLength: 1, unit: "binary" });
    fc.assert(
      fc.property(password, password, (right, other) => {
        expect(proves(right, respond(right, scramble))).toBe(true);
        expect(proves(right, respond(other, scramble))).toBe(other === right);
      }),
    );
  });

  it("do not take an answer to another scramble, a shorter or longer one, or none", () => {
    const answer = respond("secret", scramble);
    expect(proves("secret", answer, Buffer.alloc(20, 1))).toBe(false);
    for (const wrong of [answer.subarray(1), Buffer.concat([answer, answer]), Buffer.concat([answer, Buffer.of(0)]), Buffer.alloc(0)])
      expect(proves("secret", wrong)).toBe(false);
  });

  it("do not take the verifier itself for the password's hash", () => {
    const { sha1, sha256 } = verifiersOf("secret");
    for (const stolen of [sha1, sha256]) expect(proves("secret", Buffer.from(stolen, "base64"))).toBe(false);
  });

  it("fit no password where they are nobody's, or not what they should be", () => {
    for (const verifiers of [decoyVerifiers(), { sha1: "", sha256: "" }])
      expect(provesPassword(verifiers, { plugin, scramble, authResponse: respond("secret", scramble) })).toBe(false);
  });
});

it("verifiers are the password's hash, hashed again", () => {
  // The password's hash as MySQL 5.7's PASSWORD('secret') has it, without its asterisk.
  expect(Buffer.from(verifiersOf("secret").sha1, "base64").toString("hex").toUpperCase()).toBe("14E65567ABDB5135D0CFD9A70B3032C179A49EE7");
});
