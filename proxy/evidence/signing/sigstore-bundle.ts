/**
 * Sigstore bundles, version 0.3, as JSON: an envelope with what verifies it beside it. The public key is told by a hint only,
 * since the verifier takes it from what it trusts. https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
import { z } from "zod";
import type { Envelope } from "./dsse.ts";

export const sigstoreMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

const bundleSchema = z.strictObject({
  mediaType: z.literal(sigstoreMediaType),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: z.string() }),
    tlogEntries: z.tuple([]),
    timestampVerificationData: z.strictObject({ rfc3161Timestamps: z.array(z.strictObject({ signedTimestamp: z.string() })) }).optional(),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string(),
    payloadType: z.string(),
    signatures: z.tuple([z.strictObject({ keyid: z.string(), sig: z.string() })]),
  }),
});

/** One envelope with one signature. `hint`: the id of the key; timestamps (RFC 3161, DER in base64) are over the signature. */
export type SigstoreBundle = Readonly<z.output<typeof bundleSchema>>;

/** The bundle of an envelope that has one signature. `timestamps`: RFC 3161 tokens over the bytes of that signature. */
export function sigstoreBundleOf({ payload, payloadType, signatures }: Envelope, timestamps: readonly Uint8Array[] = []): SigstoreBundle {
  const [signature, ...more] = signatures;
  if (signature === undefined || more.length > 0) throw new RangeError("a Sigstore bundle holds exactly one signature");
  const rfc3161Timestamps = timestamps.map((token) => ({ signedTimestamp: Buffer.from(token).toString("base64") }));
  return {
    mediaType: sigstoreMediaType,
    verificationMaterial: {
      publicKey: { hint: signature.keyid },
      tlogEntries: [],
      ...(timestamps.length > 0 && { timestampVerificationData: { rfc3161Timestamps } }),
    },
    dsseEnvelope: { payload, payloadType, signatures: [{ ...signature }] },
  };
}

/** The bundle in what somebody else wrote, nothing more and nothing less; `null` where it is none, or its hint names another key. */
export function readSigstoreBundle(value: unknown): SigstoreBundle | null {
  const { success, data } = bundleSchema.safeParse(value);
  if (!success) return null;
  return data.verificationMaterial.publicKey.hint === data.dsseEnvelope.signatures[0].keyid ? data : null;
}
