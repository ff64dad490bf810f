import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import type { SecretCipher } from "./secret-cipher.ts";

/** scrypt (RFC 7914) with N = 2^17, r = 8, p = 1: 128 MiB and about half a second for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

/**
 * Encrypts with a key derived from a passphrase: scrypt, then AES-256-GCM (NIST SP 800-38D) with a fresh
 * initialisation vector for each seal. Sealed text is base64 of `salt | iv | tag | ciphertext`.
 */
export class PassphraseCipher implements SecretCipher {
  readonly name = "passphrase";
  readonly #passphrase: string;
  #salt: Buffer | null = null;
  #key: Promise<Buffer> | null = null;

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  async seal(plain: string): Promise<string> {
    const salt = this.#salt ?? randomBytes(saltBytes);
    const key = await this.#keyFor(salt);
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
    cipher.setAAD(salt);
    const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([salt, iv, cipher.getAuthTag(), text]).toString("base64");
  }

  async open(sealed: string): Promise<string> {
    const bytes = Buffer.from(sealed, "base64");
    const text = saltBytes + ivBytes + tagBytes;
    if (bytes.length < text) throw new Error("the sealed text is too short");
    const salt = Buffer.from(bytes.subarray(0, saltBytes));
    const key = await this.#keyFor(salt);
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(saltBytes, saltBytes + ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(salt);
    decipher.setAuthTag(bytes.subarray(saltBytes + ivBytes, text));
    return decipher.update(bytes.subarray(text), undefined, "utf8") + decipher.final("utf8");
  }

  /** Derivation is slow on purpose: it happens once for each salt, and a file keeps its salt. */
  #keyFor(salt: Buffer): Promise<Buffer> {
    if (this.#key === null || this.#salt === null || !this.#salt.equals(salt)) {
      this.#salt = salt;
      this.#key = derive(this.#passphrase.normalize("NFC"), salt, keyBytes, cost);
    }
    return this.#key;
  }
}
