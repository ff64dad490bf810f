/** Private keys of Curve25519 from their 32 raw bytes, which node:crypto takes in PKCS #8 only (RFC 8410, section 7). */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

const pkcs8Head = {
  ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
  x25519: Buffer.from("302e020100300506032b656e04220420", "hex"),
} as const;

const spkiHead = Buffer.from("302a300506032b6570032100", "hex");

/** A private key: the seed of an Ed25519 key (RFC 8032), or the scalar of an X25519 key (RFC 7748). `raw` has 32 bytes. */
export function okpPrivateKey(curve: keyof typeof pkcs8Head, raw: Uint8Array): KeyObject {
  const der = Buffer.concat([pkcs8Head[curve], raw]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

/** The 32 raw bytes of a private key's public half. */
export function okpPublicBytes(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
}

/** An Ed25519 public key from its 32 raw bytes. Throws where they are not a point of the curve. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: "der", type: "spki" });
}
