import { describe, expect, it } from "vitest";
import { signEnvelope } from "../../../../../proxy/evidence/signing/dsse.ts";
import { identitySigner } from "../../../../../proxy/evidence/signing/signer.ts";
import { readSigstoreBundle, sigstoreBundleOf } from "../../../../../proxy/evidence/signing/sigstore-bundle.ts";
import { IdentityKey } from "../../../../../proxy/identity/identity-key.ts";

const key = new IdentityKey();
const signer = identitySigner({ clientInstance: key.clientInstance, sign: (bytes) => key.sign(bytes) });
const envelope = signEnvelope(signer, "application/vnd.in-toto+json", Buffer.from("{}"));

describe("A Sigstore bundle", () => {
  it("is read as it was written, with and without timestamps", () => {
    for (const bundle of [sigstoreBundleOf(envelope), sigstoreBundleOf(envelope, [Buffer.from("token")])])
      expect(readSigstoreBundle(JSON.parse(JSON.stringify(bundle)))).toEqual(bundle);
    expect(sigstoreBundleOf(envelope)).toEqual({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: signer.keyId }, tlogEntries: [] },
      dsseEnvelope: envelope,
    });
  });

  it("has exactly one signature", () => {
    const [signature] = envelope.signatures;
    expect(() => sigstoreBundleOf({ ...envelope, signatures: [] })).toThrow("exactly one");
    expect(() => sigstoreBundleOf({ ...envelope, signatures: [signature!, signature!] })).toThrow("exactly one");
    const bundle = sigstoreBundleOf(envelope);
    expect(readSigstoreBundle({ ...bundle, dsseEnvelope: { ...envelope, signatures: [signature, signature] } })).toBeNull();
  });

  it("is nothing else: no other version, member, hint or kind of material", () => {
    const bundle = sigstoreBundleOf(envelope);
    const material = bundle.verificationMaterial;
    for (const other of [
      null,
      [bundle],
      { ...bundle, mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" },
      { ...bundle, extra: 1 },
      { ...bundle, verificationMaterial: { ...material, publicKey: { hint: "another" } } },
      { ...bundle, verificationMaterial: { certificate: { rawBytes: "" }, tlogEntries: [] } },
      { ...bundle, verificationMaterial: { ...material, tlogEntries: [{}] } },
      { ...bundle, dsseEnvelope: { ...envelope, payload: 1 } },
    ])
      expect(readSigstoreBundle(other)).toBeNull();
  });
});
