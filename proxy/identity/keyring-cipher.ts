import { randomBytes } from "node:crypto";
import type { Keyring } from "./keyring.ts";
import { headerOf, openBytes, sealBytes } from "./sealed-bytes.ts";
import type { SecretCipher } from "./secret-cipher.ts";

const idBytes = 16;

/**
 * Encrypts with a random key that the operating system's keychain keeps. Sealed text is base64; its header is the key's id, so
 * that a file finds its key wherever it is moved, and files of different data directories have different keys.
 */
export class KeyringCipher implements SecretCipher {
  readonly name = "keyring";
  readonly #keyring: Keyring;
  readonly #keys = new Map<string, Buffer>();
  #last: string | null = null;

  /** `known`: a key that was read already. */
  constructor(keyring: Keyring, known: { readonly id: string; readonly key: Buffer } | null = null) {
    this.#keyring = keyring;
    if (known !== null) this.#keys.set(known.id, known.key);
  }

  /** Id of the key that a text was sealed with; `null` where it was not sealed here. */
  static keyIdOf(sealed: string): string | null {
    try {
      return headerOf(Buffer.from(sealed, "base64"), idBytes).toString("hex");
    } catch {
      return null;
    }
  }

  /** With the key of what was opened last: a file keeps its key. */
  async seal(plain: string): Promise<string> {
    const id = this.#last ?? randomBytes(idBytes).toString("hex");
    const key = this.#keys.get(id) ?? (await this.#keyring.make(id));
    this.#remember(id, key);
    return sealBytes(key, Buffer.from(id, "hex"), plain).toString("base64");
  }

  async open(sealed: string): Promise<string> {
    const bytes = Buffer.from(sealed, "base64");
    const id = headerOf(bytes, idBytes).toString("hex");
    const key = this.#keys.get(id) ?? (await this.#keyring.read(id));
    if (key === null) throw new Error("the system's keychain does not have the key");
    const plain = openBytes(key, idBytes, bytes);
    this.#remember(id, key);
    return plain;
  }

  #remember(id: string, key: Buffer): void {
    this.#keys.set(id, key);
    this.#last = id;
  }
}
