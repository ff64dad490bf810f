import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { headerOf, openBytes, sealBytes, sealKeyBytes } from "./sealed-bytes.ts";
import type { SecretCipher } from "./secret-cipher.ts";

/** scrypt (RFC 7914) with N = 2^17, r = 8, p = 1: 128 MiB and about half a second for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
const saltBytes = 16;

const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

/** Encrypts with a key that scrypt derives from a passphrase. Sealed text is base64; its header is the salt. */
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
    return sealBytes(await this.#keyFor(salt), salt, plain).toString("base64");
  }

  async open(sealed: string): Promise<string> {
    const bytes = Buffer.from(sealed, "base64");
    const key = await this.#keyFor(headerOf(bytes, saltBytes));
    return openBytes(key, saltBytes, bytes);
  }

  /** Derivation is slow on purpose: it happens once for each salt, and a file keeps its salt. */
  #keyFor(salt: Buffer): Promise<Buffer> {
    if (this.#key === null || this.#salt === null || !this.#salt.equals(salt)) {
      this.#salt = salt;
      this.#key = derive(this.#passphrase.normalize("NFC"), salt, sealKeyBytes, cost);
    }
    return this.#key;
  }
}
