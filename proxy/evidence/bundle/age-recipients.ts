/** Encrypting a bundle as a whole to recipients: age v1, https://age-encryption.org/v1 */
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Encrypter } from "age-encryption";
import { FailureError } from "../../model/failure.ts";

/** Encrypts for whoever holds the key of any of the recipients, which begin with `age1`. Throws a `FailureError` (`recipient`). */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      const message = `“${recipient}” is not a recipient of age. Give a public key as age-keygen prints it, which begins with age1.`;
      throw new FailureError("recipient", message, { cause });
    }
  }
  return encrypter;
}

/** Encrypts a file into a new one, piece by piece. Rejects with the system's error, and where `signal` is aborted. */
export async function encryptFile(encrypter: Encrypter, from: string, to: string, signal: AbortSignal): Promise<void> {
  const plain = Readable.toWeb(createReadStream(from, { highWaterMark: 256 * 1024 })) as ReadableStream<Uint8Array>;
  const encrypted = await encrypter.encrypt(plain);
  const sink = createWriteStream(to, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(encrypted, sink, { signal });
}
