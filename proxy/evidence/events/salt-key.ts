/** The key that all salts of a data directory come from: `<data>/evidence/salt-key`, 32 random bytes, never exported. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { FailureError, failureOf } from "../../model/failure.ts";

const keyBytes = 32;

/** The folder of what evidence keeps besides the recordings. */
export function evidenceDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, "evidence");
}

/**
 * The salt key of a data directory, which is made where there is none. Throws a `FailureError` where it cannot be read or
 * made, or is not one.
 */
export function openSaltKey(dataDirectory: string): Buffer {
  const file = path.join(evidenceDirectory(dataDirectory), "salt-key");
  try {
    return readKey(file) ?? makeKey(file);
  } catch (thrown) {
    if (thrown instanceof FailureError) throw thrown;
    throw new FailureError("evidence-unusable", `The key ${file} cannot be used: ${failureOf(thrown).message}`, { cause: thrown });
  }
}

function readKey(file: string): Buffer | null {
  let key: Buffer;
  try {
    key = fs.readFileSync(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw thrown;
  }
  if (key.length === keyBytes) return key;
  const message = `The file ${file} has ${key.length} bytes and is no key: what was sealed before cannot be exported without it. Bring it back from a backup, or move it away to go on with a new one.`;
  throw new FailureError("evidence-unusable", message);
}

/** Two processes may make it at once: the first to link its file has made it, and it is whole from the start. */
function makeKey(file: string): Buffer {
  const directory = path.dirname(file);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const made = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    fs.writeFileSync(made, randomBytes(keyBytes), { mode: 0o600, flag: "wx", flush: true });
    fs.linkSync(made, file);
    syncDirectory(directory);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  } finally {
    fs.rmSync(made, { force: true });
  }
  const key = readKey(file);
  if (key === null) throw new FailureError("evidence-unusable", `The key ${file} was made and is gone again.`);
  return key;
}

/** A file's name is on the disk when its directory is. Not all systems can sync a directory. */
function syncDirectory(directory: string): void {
  try {
    const fd = fs.openSync(directory, "r");
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // The key itself is synced.
  }
}
