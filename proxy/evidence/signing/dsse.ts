/** Dead Simple Signing Envelope, version 1.0.0: https://github.com/secure-systems-lab/dsse */
import { type PublicJwk, verifySignature } from "./public-key.ts";
import type { Signer } from "./signer.ts";
import { readBase64 } from "./strict-base64.ts";

/** `keyid` is only a hint where to find the key: nothing vouches for it. */
export interface EnvelopeSignature {
  readonly keyid: string;
  /** In base64. */
  readonly sig: string;
}

/** Bytes, what they are, and who signed them. */
export interface Envelope {
  /** In base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** `reason` is the end of a sentence: “the envelope is not valid: …”. */
export type EnvelopeCheck = { readonly ok: true; readonly payload: Buffer } | { readonly ok: false; readonly reason: string };

/** The bytes that are signed: DSSE's pre-authentication encoding. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** Signs bytes. Throws a `FailureError` where the signer's key is gone. */
export function signEnvelope(signer: Signer, payloadType: string, payload: Uint8Array): Envelope {
  const sig = signer.sign(pae(payloadType, payload)).toString("base64");
  return { payload: Buffer.from(payload).toString("base64"), payloadType, signatures: [{ keyid: signer.keyId, sig }] };
}

/** The envelope of a signature over `pae` that was made before, e.g. of a seal. */
export function envelopeOf(payloadType: string, payload: Uint8Array, signature: EnvelopeSignature): Envelope {
  return { payload: Buffer.from(payload).toString("base64"), payloadType, signatures: [signature] };
}

/**
 * Checks an envelope that has one signature, which must be by this key, and gives what it signed. The caller compares
 * `payloadType` with the one it can read.
 */
export function verifyEnvelope(envelope: Envelope, publicKey: PublicJwk): EnvelopeCheck {
  const [signature, ...more] = envelope.signatures;
  if (signature === undefined || more.length > 0)
    return { ok: false, reason: `it has ${envelope.signatures.length} signatures, where one is expected` };
  const payload = readBase64(envelope.payload);
  const sig = readBase64(signature.sig);
  if (payload === null || sig === null) return { ok: false, reason: "it is not in base64" };
  if (!verifySignature(publicKey, pae(envelope.payloadType, payload), sig))
    return { ok: false, reason: "its signature is not of this key over these bytes" };
  return { ok: true, payload };
}
