/** Bundles that are encrypted by age: https://age-encryption.org/v1 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Decrypter } from "age-encryption";
import { FailureError, failureOf } from "../model/failure.ts";

const binaryBegin = "age-encryption.org/v1\n";

/**
 * Gives `use` the file, or where it is encrypted, what is in it, as a file that nobody else can read and that is gone afterwards.
 * Rejects with a `FailureError` (`encrypted`) where it cannot be decrypted.
 */
export async function withDecrypted<T>(file: string, identity: string | null, use: (plain: string) => Promise<T>): Promise<T> {
  if (!isEncrypted(file)) return use(file);
  if (identity === null) throw failed(`${file} is encrypted by age. Give the file with your identity with --identity.`);
  const decrypter = new Decrypter();
  addIdentities(decrypter, identity);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stenograph-bundle-"));
  try {
    const plain = path.join(folder, "bundle.zip");
    await decrypt(decrypter, file, plain);
    return await use(plain);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function isEncrypted(file: string): boolean {
  let fd: number;
  try {
    fd = fs.openSync(file, "r");
  } catch {
    return false;
  }
  try {
    if (!fs.fstatSync(fd).isFile()) return false;
    const head = Buffer.alloc(binaryBegin.length);
    return fs.readSync(fd, head, 0, head.length, 0) === head.length && head.toString("latin1") === binaryBegin;
  } finally {
    fs.closeSync(fd);
  }
}

/** An identity a line; comments begin with `#`. */
function addIdentities(decrypter: Decrypter, identity: string): void {
  try {
    const lines = fs
      .readFileSync(identity, "utf8")
      .split("\n")
      .map((line) => line.trim());
    const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
    if (identities.length === 0) throw new Error("there is no identity in it");
    for (const each of identities) decrypter.addIdentity(each);
  } catch (cause) {
    throw failed(
      `The identity file ${identity} cannot be used: ${reasonOf(cause, "it does not hold an identity as age-keygen makes them")}.`,
    );
  }
}

async function decrypt(decrypter: Decrypter, file: string, plain: string): Promise<void> {
  try {
    const encrypted = Readable.toWeb(fs.createReadStream(file, { highWaterMark: 256 * 1024 })) as ReadableStream<Uint8Array>;
    await pipeline(await decrypter.decrypt(encrypted), fs.createWriteStream(plain, { flags: "wx", mode: 0o600 }));
  } catch (cause) {
    throw failed(`${file} cannot be decrypted: ${failureOf(cause).message}. Is it the identity of one of its recipients?`, cause);
  }
}

/** What the library says of an identity may have it in it; the system's errors do not. */
function reasonOf(cause: unknown, otherwise: string): string {
  return cause instanceof Error && "syscall" in cause ? cause.message : otherwise;
}

function failed(message: string, cause?: unknown): FailureError {
  return new FailureError("encrypted", message, { cause });
}
