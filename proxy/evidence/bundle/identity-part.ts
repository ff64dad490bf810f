import { readFile } from "node:fs/promises";
import { FailureError, failureOf } from "../../model/failure.ts";
import { keyIdOf, type PublicJwk, readPublicJwk } from "../signing/public-key.ts";
import type { BundleWriter } from "./bundle-writer.ts";
import type { BundleKey } from "./device-part.ts";

/** Where the record of a sign-in is kept in a data directory, by the sign-in's id. */
export type SignInRecordPath = (signIn: string) => string;

const idPattern = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * Writes the kept records of sign-ins, as they are, and gives their identity keys. A record that is gone is left out: the
 * verifier says that nothing binds the key then. Rejects with a `FailureError` where one cannot be read.
 */
export async function writeIdentityPart(writer: BundleWriter, signIns: Iterable<string>, pathOf: SignInRecordPath): Promise<BundleKey[]> {
  const keys: BundleKey[] = [];
  for (const signIn of [...new Set(signIns)].sort()) {
    const bytes = idPattern.test(signIn) ? await read(pathOf(signIn)) : null;
    if (bytes === null) continue;
    await writer.addWhole(`data/identity/${signIn}.json`, bytes);
    const publicKey = keyIn(bytes);
    if (publicKey !== null) keys.push({ keyId: keyIdOf(publicKey), by: "identity", publicKey, signIn });
  }
  return keys;
}

function keyIn(record: Buffer): PublicJwk | null {
  try {
    const value = JSON.parse(record.toString("utf8")) as { readonly clientInstance?: { readonly jwk?: unknown } };
    return readPublicJwk(value.clientInstance?.jwk);
  } catch {
    return null;
  }
}

async function read(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new FailureError("sign-in-unreadable", `The record of a sign-in ${path} cannot be read: ${failureOf(cause).message}.`, { cause });
  }
}
