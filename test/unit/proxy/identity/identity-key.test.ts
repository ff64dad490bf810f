import { createHash, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { commitmentOf, IdentityKey } from "../../../../proxy/identity/identity-key.ts";

describe("An identity key", () => {
  it("is committed to by the SHA-256 of the canonical JSON of its public half and 32 random bytes", () => {
    const { clientInstance, commitment } = new IdentityKey();
    const { jwk, rz } = clientInstance;
    const text = `{"alg":"ES256","jwk":{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"},"rz":"${rz}"}`;
    expect(commitment).toBe(`stenograph:${createHash("sha256").update(text).digest("base64url")}`);
    expect(rz).toMatch(/^[0-9a-f]{64}$/);
  });

  it("has a commitment that any change of what it commits to changes", () => {
    const { clientInstance, commitment } = new IdentityKey();
    expect(commitmentOf({ ...clientInstance, rz: "0".repeat(64) })).not.toBe(commitment);
    expect(commitmentOf({ ...clientInstance, jwk: { ...clientInstance.jwk, x: clientInstance.jwk.y } })).not.toBe(commitment);
    expect(new IdentityKey().commitment).not.toBe(commitment);
  });

  it("makes ES256 signatures that its public half verifies, until it is wiped", () => {
    const key = new IdentityKey();
    const bytes = Buffer.from("bytes");
    const signature = key.sign(bytes);
    expect(signature).toHaveLength(64);
    const publicKey = { key: { ...key.clientInstance.jwk }, format: "jwk", dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", bytes, publicKey, signature)).toBe(true);
    expect(verify("sha256", Buffer.from("other"), publicKey, signature)).toBe(false);
    key.wipe();
    expect(() => key.sign(bytes)).toThrow("The sign-in has ended");
  });

  it("tells nobody its private half", () => {
    const key = new IdentityKey();
    expect(JSON.stringify(key)).not.toContain('"d"');
    expect(Object.keys(key.clientInstance.jwk)).toEqual(["kty", "crv", "x", "y"]);
  });
});
