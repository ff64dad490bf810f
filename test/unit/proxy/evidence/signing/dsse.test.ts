import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Envelope, envelopeOf, pae, signEnvelope, verifyEnvelope } from "../../../../../proxy/evidence/signing/dsse.ts";
import { derSignature } from "../../../../../proxy/evidence/signing/ecdsa-der.ts";
import { readPublicJwk } from "../../../../../proxy/evidence/signing/public-key.ts";
import { identitySigner } from "../../../../../proxy/evidence/signing/signer.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";

/** The example of DSSE's protocol page; its signature is r and s, one after the other. */
const example = {
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
  payloadType: "http://example.com/HelloWorld",
  payload: "hello world",
  sig: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
};
const coordinate = (number: bigint): string => Buffer.from(number.toString(16).padStart(64, "0"), "hex").toString("base64url");
const exampleKey = readPublicJwk({ kty: "EC", crv: "P-256", x: coordinate(example.x), y: coordinate(example.y) })!;

function personSigner() {
  const key = new IdentityKey();
  return identitySigner({ clientInstance: key.clientInstance, sign: (bytes) => key.sign(bytes) });
}

describe("The pre-authentication encoding", () => {
  it("is that of the protocol's example", () => {
    expect(pae(example.payloadType, Buffer.from(example.payload)).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it("counts bytes, not characters", () => {
    expect(pae("t/ü", Buffer.from("ß")).toString()).toBe("DSSEv1 4 t/ü 2 ß");
    expect(pae("", Buffer.alloc(0)).toString()).toBe("DSSEv1 0  0 ");
  });
});

describe("An envelope", () => {
  it("of the protocol's example is verified by its key", () => {
    const sig = derSignature(Buffer.from(example.sig, "base64")).toString("base64");
    const envelope = envelopeOf(example.payloadType, Buffer.from(example.payload), { keyid: "", sig });
    expect(envelope.payload).toBe("aGVsbG8gd29ybGQ=");
    expect(verifyEnvelope(envelope, exampleKey)).toEqual({ ok: true, payload: Buffer.from(example.payload) });
    expect(verifyEnvelope({ ...envelope, payloadType: "http://example.com/HelloWorle" }, exampleKey).ok).toBe(false);
  });

  it("gives back what was signed, in both alphabets of base64", () => {
    const signer = personSigner();
    const urlSafe = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (payload, type) => {
        const envelope = signEnvelope(signer, type, payload);
        expect(envelope.signatures[0]?.keyid).toBe(signer.keyId);
        expect(verifyEnvelope(envelope, signer.publicKey)).toEqual({ ok: true, payload: Buffer.from(payload) });
        const other: Envelope = {
          ...envelope,
          payload: urlSafe(envelope.payload),
          signatures: envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: urlSafe(sig) })),
        };
        expect(verifyEnvelope(other, signer.publicKey).ok).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("is refused with another key, other bytes, another type, no signature, two, or what is not base64", () => {
    const signer = personSigner();
    const envelope = signEnvelope(signer, "text/plain", Buffer.from("said"));
    const [signature] = envelope.signatures;
    const refused: readonly Envelope[] = [
      { ...envelope, payload: Buffer.from("sais").toString("base64") },
      { ...envelope, payloadType: "text/plain2" },
      { ...envelope, signatures: [] },
      { ...envelope, signatures: [signature!, signature!] },
      { ...envelope, signatures: [{ keyid: signer.keyId, sig: "" }] },
      { ...envelope, payload: `${envelope.payload}\n` },
      { ...envelope, payload: "c2FpZA=" },
    ];
    for (const one of refused) expect(verifyEnvelope(one, signer.publicKey).ok).toBe(false);
    expect(verifyEnvelope(envelope, personSigner().publicKey)).toEqual({
      ok: false,
      reason: "its signature is not of this key over these bytes",
    });
  });
});

describe("The DER form of an ES256 signature", () => {
  it("is what everybody else verifies", () => {
    const key = new IdentityKey();
    const publicKey = createPublicKey({ key: { ...key.clientInstance.jwk }, format: "jwk" });
    for (let run = 0; run < 300; run += 1) {
      const bytes = Buffer.from(`message ${run}`);
      expect(verify("sha256", bytes, publicKey, derSignature(key.sign(bytes)))).toBe(true);
    }
  });

  it("has the shortest positive numbers", () => {
    const raw = Buffer.alloc(64);
    raw[31] = 0x7f;
    raw[63] = 0x80;
    expect(derSignature(raw).toString("hex")).toBe("300702017f02020080");
    expect(derSignature(Buffer.alloc(64)).toString("hex")).toBe("3006020100020100");
    expect(derSignature(Buffer.alloc(64, 0xff)).length).toBe(72);
    expect(() => derSignature(Buffer.alloc(63))).toThrow("64 bytes");
  });
});
