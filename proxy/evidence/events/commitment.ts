/** Commitments: what stands in a leaf for a part, so that the part can be withheld and all others still be proven. */
import { canonicalText } from "../canonical/canonical.ts";
import { sha256 } from "../merkle/hash.ts";

const domain = Buffer.from("stenograph.commitment.v1\0", "latin1");
const saltBytes = 32;

/** Used again for all but very long values: it is hashed before anybody else gets the thread. */
const scratch = Buffer.alloc(256 * 1024);
domain.copy(scratch);

/** SHA-256("stenograph.commitment.v1" 0x00 path 0x00 salt value), the value in canonical JSON. `salt` has 32 bytes. */
export function commitment(path: string, salt: Uint8Array, value: unknown): Buffer {
  return commitmentOfText(path, salt, canonicalText(value));
}

/** As `commitment`, of a value that is canonical JSON already. */
export function commitmentOfText(path: string, salt: Uint8Array, json: string): Buffer {
  if (salt.length !== saltBytes) throw new RangeError(`A salt has ${saltBytes} bytes, not ${salt.length}.`);
  const mostBytes = domain.length + 3 * (path.length + json.length) + 1 + saltBytes;
  const bytes = mostBytes <= scratch.length ? scratch : Buffer.allocUnsafe(mostBytes);
  if (bytes !== scratch) domain.copy(bytes);
  let at = domain.length;
  at += bytes.write(path, at, "utf8");
  bytes[at] = 0;
  bytes.set(salt, at + 1);
  at += 1 + saltBytes;
  at += bytes.write(json, at, "utf8");
  return sha256(bytes.subarray(0, at));
}
