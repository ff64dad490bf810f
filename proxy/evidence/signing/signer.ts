import type { ClientInstance } from "../../identity/identity-key.ts";
import { derSignature } from "./ecdsa-der.ts";
import { keyIdOf, type PublicJwk, type SignatureAlgorithm } from "./public-key.ts";

/** A key that signs evidence. */
export interface Signer {
  /** JWK thumbprint (RFC 7638) of the public key, in base64url. */
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: PublicJwk;
  /** Ed25519: 64 bytes; ES256: ASN.1 DER. Throws a `FailureError` where the key is gone. */
  sign(bytes: Uint8Array): Buffer;
}

/** What an identity key is, as far as signing needs it. */
export interface SignsAsPerson {
  readonly clientInstance: ClientInstance;
  /** ES256 (RFC 7518, 3.4): r and s of 32 bytes each. Throws a `FailureError` after the sign-in ended. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** The identity key of a sign-in as a signer. */
export function identitySigner({ clientInstance, sign }: SignsAsPerson): Signer {
  const { jwk } = clientInstance;
  return { keyId: keyIdOf(jwk), algorithm: "ES256", publicKey: jwk, sign: (bytes) => derSignature(sign(bytes)) };
}
