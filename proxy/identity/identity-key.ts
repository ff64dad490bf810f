import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import canonicalize from "canonicalize";
import { FailureError } from "../model/failure.ts";

/** The public half of an identity key as a JSON Web Key (RFC 7517). */
export interface IdentityJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** What a provider's statement is bound to: OpenPubkey's client-instance claims. `rz` is 32 random bytes in hexadecimal. */
export interface ClientInstance {
  readonly alg: "ES256";
  readonly jwk: IdentityJwk;
  readonly rz: string;
}

const commitmentPrefix = "stenograph:";

/** The key of one sign-in: ES256, in memory only. */
export class IdentityKey {
  readonly clientInstance: ClientInstance;
  #private: KeyObject | null;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.clientInstance = { alg: "ES256", jwk: { kty: "EC", crv: "P-256", x, y }, rz: randomBytes(32).toString("hex") };
    this.#private = privateKey;
  }

  /** What goes into the nonce of a sign-in. */
  get commitment(): string {
    return commitmentOf(this.clientInstance);
  }

  /** ES256 (RFC 7518, 3.4): r and s of 32 bytes each. Throws a `FailureError` (`signed-out`) after `wipe`. */
  sign(bytes: Uint8Array): Uint8Array {
    if (this.#private === null) throw signedOut();
    return sign("sha256", bytes, { key: this.#private, dsaEncoding: "ieee-p1363" });
  }

  /** Forgets the private half. */
  wipe(): void {
    this.#private = null;
  }
}

/** What whoever signs with a key meets when its sign-in is over. */
export function signedOut(): FailureError {
  return new FailureError("signed-out", "The sign-in has ended, and its key with it. Sign in again.");
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of the claims, in base64url, behind a prefix: an ID token with it is kept as evidence
 * and shown to others, and whoever takes tokens for passwords must know it again.
 */
export function commitmentOf(clientInstance: ClientInstance): string {
  const text = canonicalize(clientInstance) ?? "";
  return `${commitmentPrefix}${createHash("sha256").update(text, "utf8").digest("base64url")}`;
}

/** Whether a token's nonce commits to an identity key. */
export function isCommitment(nonce: unknown): boolean {
  return typeof nonce === "string" && nonce.startsWith(commitmentPrefix);
}
