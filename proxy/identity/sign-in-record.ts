import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FailureError, failureOf } from "../model/failure.ts";
import type { UnixMicros } from "../model/value.ts";
import type { ClientInstance } from "./identity-key.ts";
import { writePrivateFile } from "./private-file.ts";
import type { Vouched } from "./sign-in.ts";

/** What is kept of a sign-in for evidence: who vouched for whom, and for which identity key. */
export interface SignInRecord {
  readonly format: "stenograph-sign-in";
  readonly version: 1;
  readonly id: string;
  /** When the person signed in. */
  readonly at: UnixMicros;
  readonly via: Vouched["via"];
  readonly issuer: string;
  readonly subject: string;
  /** The identity key, with what its commitment is made of. */
  readonly clientInstance: ClientInstance;
  /** Whether `evidence` vouches for that key, and not only for the person. */
  readonly keyBound: boolean;
  /** OpenID Connect: `idToken`, and `jwks` as the provider told them then; `claims` where it binds no key. SAML: the assertion. */
  readonly evidence: Vouched["evidence"];
}

export function signInsDirectory(dataDirectory: string): string {
  return join(dataDirectory, "identity", "sign-ins");
}

/** Where the record of a sign-in is. */
export function signInRecordPath(dataDirectory: string, id: string): string {
  return join(signInsDirectory(dataDirectory), `${id}.json`);
}

/** Keeps the record, for its owner's eyes only. Rejects with a `FailureError` (`sign-in-unwritable`). */
export async function keepSignIn(dataDirectory: string, record: SignInRecord): Promise<void> {
  const path = signInRecordPath(dataDirectory, record.id);
  try {
    await mkdir(signInsDirectory(dataDirectory), { recursive: true, mode: 0o700 });
    await writePrivateFile(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (cause) {
    const message = `Nobody was signed in, because the proof of it could not be kept in ${path}: ${failureOf(cause).message}.`;
    throw new FailureError("sign-in-unwritable", message, { cause });
  }
}
