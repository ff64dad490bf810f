import { createHmac } from "node:crypto";
import { sha256 } from "../merkle/hash.ts";

const blockBytes = 64;
const keyBytes = 32;
const mostPath = 256;

/**
 * The salts of one session's parts: HMAC-SHA256(session key, path), where the session key is HMAC-SHA256(salt key, session). Neither
 * key is ever given to anybody: who has a salt can try out what one part says, who has a key, what all say.
 */
export class SessionSalts {
  /** HMAC by its definition (RFC 2104), over pads that are made once: Node's own takes thirty times as long for a few bytes. */
  readonly #inner = Buffer.alloc(blockBytes + mostPath, 0x36);
  readonly #outer = Buffer.alloc(blockBytes + keyBytes, 0x5c);

  constructor(saltKey: Uint8Array, session: string) {
    const key = createHmac("sha256", saltKey).update(session).digest();
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = 0x36 ^ byte;
      this.#outer[at] = 0x5c ^ byte;
    }
  }

  /** The salt of the part at `path`, which is ASCII of up to 256 characters. 32 bytes. */
  of(path: string): Buffer {
    if (path.length > mostPath) throw new RangeError(`A part's path has ${path.length} characters.`);
    const length = this.#inner.write(path, blockBytes, "latin1");
    this.#outer.set(sha256(this.#inner.subarray(0, blockBytes + length)), blockBytes);
    return sha256(this.#outer);
  }
}
