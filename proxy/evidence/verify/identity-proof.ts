/**
 * Who the key of a sign-in belongs to: the provider's ID token names the person, and its nonce is the commitment of the key. What the
 * workstation says about itself counts for nothing here.
 */
import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from "jose";
import { z } from "zod";
import { type ClientInstance, commitmentOf } from "../../identity/identity-key.ts";
import { keyIdOf } from "../signing/public-key.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { shaped, shapedFile } from "./shaped.ts";
import { time } from "./shapes.ts";
import type { KeySet, Trust } from "./trust.ts";
import { BundleFault } from "./verdict.ts";

/** Signatures that only the provider can make. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(100) });

const recordSchema = z.strictObject({
  format: z.literal("stenograph-sign-in"),
  version: z.literal(1),
  id: z.string(),
  at: time,
  via: z.enum(["oidc", "saml"]),
  issuer: z.string(),
  subject: z.string(),
  clientInstance: z.strictObject({
    alg: z.literal("ES256"),
    jwk: z.strictObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() }),
    rz: z.string(),
  }),
  keyBound: z.boolean(),
  evidence: z.record(z.string(), z.unknown()),
});

const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  nonce: z.string(),
  iat: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  exp: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
});

/** A sign-in as the bundle proves it. Times in seconds since the Unix epoch, as tokens have them. */
export interface ProvenSignIn {
  readonly id: string;
  readonly keyId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly clientInstance: ClientInstance;
  /** What the provider's token says; `null` where nothing of the provider binds the key to the person. */
  readonly token: { readonly issuedAt: number; readonly until: number } | null;
  /** Whose keys verified the token: the verifier's own, those in the bundle, or none. */
  readonly keysFrom: "trust" | "bundle" | null;
}

export function signInFile(id: string): string {
  return `data/identity/${id}.json`;
}

/** Reads the record of a sign-in and verifies it. Rejects with a `BundleFault`: `E_NONCE`, `E_IDP`, `E_TYPE`. */
export async function proveSignIn(files: BundleFiles, id: string, trust: Trust): Promise<ProvenSignIn> {
  const file = signInFile(id);
  const record = await shapedFile(recordSchema, files, file);
  if (record.id !== id) throw new BundleFault("E_TYPE", "it is the record of another sign-in", { file });
  const { clientInstance, issuer, subject, evidence } = record;
  const known = { id, keyId: keyIdOf(clientInstance.jwk), issuer, subject, clientInstance };
  if (record.via !== "oidc" || !record.keyBound) return { ...known, token: null, keysFrom: null };
  const { idToken } = evidence;
  if (typeof idToken !== "string") throw new BundleFault("E_NONCE", "it has no ID token that could bind its key", { file });
  const claims = shaped(claimsSchema, decoded(idToken, file), { file, position: "ID token" });
  if (claims.nonce !== commitmentOf(clientInstance)) throw new BundleFault("E_NONCE", "its ID token was made for another key", { file });
  if (claims.iss !== issuer || claims.sub !== subject) throw new BundleFault("E_IDP", "its ID token is of somebody else", { file });
  const trusted = trust.issuers.get(issuer);
  const keys = trusted ?? keysIn(evidence.jwks);
  if (keys === null) return { ...known, token: null, keysFrom: null };
  await checkToken(idToken, keys, file, trusted !== undefined);
  return { ...known, token: { issuedAt: claims.iat, until: claims.exp }, keysFrom: trusted === undefined ? "bundle" : "trust" };
}

function decoded(idToken: string, file: string): unknown {
  try {
    return decodeJwt(idToken);
  } catch {
    throw new BundleFault("E_IDP", "its ID token is none", { file });
  }
}

function keysIn(jwks: unknown): KeySet | null {
  const { success, data } = keySet.safeParse(jwks);
  return success ? data : null;
}

async function checkToken(idToken: string, keys: KeySet, file: string, trusted: boolean): Promise<void> {
  try {
    const keyOf = createLocalJWKSet(keys as unknown as JSONWebKeySet);
    await verifiedWithAny(idToken, keyOf);
  } catch {
    const whose = trusted ? "the keys of the provider that the trust file names" : "the provider's keys in the bundle";
    throw new BundleFault("E_IDP", `${whose} did not sign its ID token`, { file });
  }
}

type KeyOf = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** Where a token names no key, each that could be meant is tried. */
async function verifiedWithAny(idToken: string, keyOf: KeyOf): Promise<void> {
  try {
    await compactVerify(idToken, keyOf, { algorithms });
  } catch (thrown) {
    if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown;
    for await (const key of thrown) {
      const isSigned = await compactVerify(idToken, key, { algorithms }).then(
        () => true,
        () => false,
      );
      if (isSigned) return;
    }
    throw thrown;
  }
}
