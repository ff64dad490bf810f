/** AES-256-GCM (NIST SP 800-38D) with a fresh initialisation vector for each seal: `header | iv | tag | ciphertext`. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ivBytes = 12;
const tagBytes = 16;

/** Length of a key, in bytes. */
export const sealKeyBytes = 32;

/** `header` tells how to find the key again; it is not encrypted, and cannot be changed without notice. */
export function sealBytes(key: Buffer, header: Buffer, plain: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
  cipher.setAAD(header);
  const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), text]);
}

/** The header of what was sealed. Throws where there is too little for it. */
export function headerOf(sealed: Buffer, headerBytes: number): Buffer {
  if (sealed.length < headerBytes + ivBytes + tagBytes) throw new Error("the sealed text is too short");
  return Buffer.from(sealed.subarray(0, headerBytes));
}

/** Throws where it was sealed by another key, or was changed. */
export function openBytes(key: Buffer, headerBytes: number, sealed: Buffer): string {
  const header = headerOf(sealed, headerBytes);
  const text = headerBytes + ivBytes + tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(headerBytes, headerBytes + ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(header);
  decipher.setAuthTag(sealed.subarray(headerBytes + ivBytes, text));
  return decipher.update(sealed.subarray(text), undefined, "utf8") + decipher.final("utf8");
}
