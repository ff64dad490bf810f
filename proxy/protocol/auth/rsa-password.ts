/**
 * The password itself, encrypted for a connection without TLS, as caching_sha2_password and sha256_password do it:
 * the NUL-terminated password XORed with the scramble, then RSA with OAEP padding (SHA-1).
 */
import { constants, createPublicKey, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";
import { xor } from "./xor.ts";

const padding = constants.RSA_PKCS1_OAEP_PADDING;

/** `password` as these plugins send it over TLS, and encrypt it without: with its NUL. */
export function nulTerminatedPassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, "utf8");
}

/**
 * Encrypts a NUL-terminated password with the PEM public key that a server sent. `null` if that is not an RSA key,
 * or the password is too long for it, or there is no scramble.
 */
export function encryptPassword(password: Buffer, scramble: Buffer, publicKeyPem: Buffer): Buffer | null {
  if (scramble.length === 0) return null;
  const masked = xor(password, scramble);
  try {
    const key = createPublicKey({ key: publicKeyPem, format: "pem" });
    return key.asymmetricKeyType === "rsa" ? publicEncrypt({ key, padding }, masked) : null;
  } catch {
    return null;
  } finally {
    masked.fill(0);
  }
}

/** The NUL-terminated password in what a client encrypted with our key's public half; `null` if it was not for our key. */
export function decryptPassword(encrypted: Buffer, scramble: Buffer, privateKey: KeyObject): Buffer | null {
  if (scramble.length === 0) return null;
  try {
    const masked = privateDecrypt({ key: privateKey, padding }, encrypted);
    const password = xor(masked, scramble);
    masked.fill(0);
    return password.at(-1) === 0 ? password : null;
  } catch {
    return null;
  }
}
