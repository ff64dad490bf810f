/** In-toto statements in Sigstore bundles: who signed, and that it is the kind of statement that is looked for. */
import { z } from "zod";
import { verifyEnvelope } from "../signing/dsse.ts";
import { inTotoPayloadType, inTotoStatementType } from "../signing/in-toto.ts";
import type { PublicJwk } from "../signing/public-key.ts";
import { readSigstoreBundle } from "../signing/sigstore-bundle.ts";
import { readBase64 } from "../signing/strict-base64.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { shaped, shapedText } from "./shaped.ts";
import { hex } from "./shapes.ts";
import { BundleFault } from "./verdict.ts";

/** A Sigstore bundle whose signature has been verified. */
export interface SignedStatement {
  readonly keyId: string;
  readonly payload: Buffer;
  /** The bytes of the signature. */
  readonly signature: Buffer;
}

/**
 * Reads a Sigstore bundle and verifies its signature with the key that `keyOf` has under its id. Rejects with a `BundleFault`:
 * `E_TYPE` where it is no such bundle of an in-toto statement, `E_SIG` where the key is not known or did not sign.
 */
export async function readSigned(files: BundleFiles, file: string, keyOf: (keyId: string) => PublicJwk | null): Promise<SignedStatement> {
  const bundle = readSigstoreBundle(await files.json(file));
  if (bundle === null) throw new BundleFault("E_TYPE", "it is not a Sigstore bundle with one signature", { file });
  const { dsseEnvelope: envelope, verificationMaterial } = bundle;
  // Timestamps have a file of their own; nobody looks at one here, and so it must not seem to be there.
  if (verificationMaterial.timestampVerificationData !== undefined)
    throw new BundleFault("E_TYPE", "it has timestamps that are not verified", { file });
  const [{ keyid, sig }] = envelope.signatures;
  if (envelope.payloadType !== inTotoPayloadType) throw new BundleFault("E_TYPE", "what it signs is not an in-toto statement", { file });
  const key = keyOf(keyid);
  if (key === null) throw new BundleFault("E_SIG", "it is signed by a key that the bundle does not name", { file });
  const check = verifyEnvelope(envelope, key);
  if (!check.ok) throw new BundleFault("E_SIG", `the signature is not valid: ${check.reason}`, { file });
  return { keyId: keyid, payload: check.payload, signature: readBase64(sig) ?? Buffer.alloc(0) };
}

const statementSchema = z.strictObject({
  _type: z.literal(inTotoStatementType),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: hex }) })).min(1),
  predicateType: z.string(),
  predicate: z.unknown(),
});

/** The predicate of a statement of that type, and its subjects by name. Throws a `BundleFault` (`E_TYPE`). */
export function openStatement<S extends z.ZodType>(
  payload: Buffer,
  predicateType: string,
  predicate: S,
  file: string,
): { readonly subjects: ReadonlyMap<string, string>; readonly predicate: z.output<S> } {
  const place = { file, position: "signed statement" };
  const statement = shapedText(statementSchema, payload, place);
  if (statement.predicateType !== predicateType) throw new BundleFault("E_TYPE", "the statement is of another type", place);
  const subjects = new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]));
  if (subjects.size !== statement.subject.length) throw new BundleFault("E_TYPE", "it names a subject twice", place);
  return { subjects, predicate: shaped(predicate, statement.predicate, place) };
}
