/** Public keys as JSON Web Keys (RFC 7517), of the two kinds that sign evidence, and what they verify. */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { IdentityJwk } from "../../identity/identity-key.ts";

/** An Ed25519 key (RFC 8037). */
export interface DeviceJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
}

export type PublicJwk = DeviceJwk | IdentityJwk;

/** Ed25519 (RFC 8032); ES256: ECDSA over P-256 with SHA-256, the signature in ASN.1 DER. */
export type SignatureAlgorithm = "Ed25519" | "ES256";

export function algorithmOf(jwk: PublicJwk): SignatureAlgorithm {
  return jwk.kty === "OKP" ? "Ed25519" : "ES256";
}

/** Id of a key: its JWK thumbprint (RFC 7638) with SHA-256, in base64url. */
export function keyIdOf(jwk: PublicJwk): string {
  const { kty, crv, x } = jwk;
  const required = kty === "OKP" ? { crv, kty, x } : { crv, kty, x, y: jwk.y };
  return createHash("sha256").update(JSON.stringify(required)).digest("base64url");
}

/** The 32 bytes of an Ed25519 key (RFC 8032, 5.1.5). */
export function rawKeyOf({ x }: DeviceJwk): Buffer {
  return Buffer.from(x, "base64url");
}

/**
 * The public key in what somebody else wrote; `null` where it is none of the two kinds, is not a point of its curve, or is not
 * written in the one way that gives it its id. Other members, e.g. `kid`, are left out.
 */
export function readPublicJwk(value: unknown): PublicJwk | null {
  if (typeof value !== "object" || value === null) return null;
  const { kty, crv, x, y } = value as Readonly<Record<string, unknown>>;
  if (!isCoordinate(x)) return null;
  if (kty === "OKP" && crv === "Ed25519") return importable({ kty, crv, x });
  if (kty === "EC" && crv === "P-256" && isCoordinate(y)) return importable({ kty, crv, x, y });
  return null;
}

/** Whether `signature` is of these bytes by this key; never throws. */
export function verifySignature(jwk: PublicJwk, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(jwk.kty === "OKP" ? null : "sha256", bytes, imported(jwk), signature);
  } catch {
    return false;
  }
}

/** 32 bytes in base64url, whose unused last bits are zero. */
function isCoordinate(value: unknown): value is string {
  return typeof value === "string" && value.length === 43 && Buffer.from(value, "base64url").toString("base64url") === value;
}

function importable(jwk: PublicJwk): PublicJwk | null {
  try {
    imported(jwk);
    return jwk;
  } catch {
    return null;
  }
}

function imported(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: "jwk" });
}
