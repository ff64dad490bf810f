/** What a verifier trusts: its own, and never from the bundle. */

import { X509Certificate } from "node:crypto";
import fs from "node:fs";
import { z } from "zod";
import { FailureError, failureOf } from "../../model/failure.ts";
import { parseStrict } from "../canonical/strict-json.ts";
import { readCheckpoint } from "../device-log/checkpoint.ts";
import { keyIdOf, type PublicJwk, readPublicJwk } from "../signing/public-key.ts";

const jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
const device = z.strictObject({ name: z.string(), jwk: z.record(z.string(), z.unknown()) });

const trustSchema = z.strictObject({
  issuers: z.record(z.string(), jwks).default({}),
  tsaRoots: z.array(z.string()).default([]),
  devices: z.array(device).default([]),
  checkpoints: z.array(z.string()).default([]),
});

/** Keys of an identity provider, as a JSON Web Key Set (RFC 7517, 5). */
export type KeySet = z.output<typeof jwks>;

export interface Trust {
  /** The keys of identity providers, by issuer. */
  readonly issuers: ReadonlyMap<string, KeySet>;
  /** Root certificates of timestamp authorities, in DER. */
  readonly tsaRoots: readonly Buffer[];
  /** Names of devices, by the id of their key. */
  readonly devices: ReadonlyMap<string, string>;
  /** Checkpoints of device logs that were got from elsewhere, as signed notes. */
  readonly checkpoints: readonly string[];
}

export const noTrust: Trust = { issuers: new Map(), tsaRoots: [], devices: new Map(), checkpoints: [] };

/** Reads a trust file. Throws a `FailureError` (`trust`) with a sentence that says what is wrong with it. */
export function readTrust(file: string): Trust {
  try {
    const read = parseStrict(fs.readFileSync(file));
    if (!read.ok) throw new Error(read.reason);
    const { success, data, error } = trustSchema.safeParse(read.value);
    if (!success) throw new Error(z.prettifyError(error).split("\n")[0] ?? "it has another form");
    return {
      issuers: new Map(Object.entries(data.issuers)),
      tsaRoots: data.tsaRoots.map((pem) => new X509Certificate(pem).raw),
      devices: new Map(data.devices.map(({ name, jwk }) => [keyIdOf(deviceKey(jwk, name)), name])),
      checkpoints: data.checkpoints.map(checkedNote),
    };
  } catch (thrown) {
    const message = `The trust file ${file} cannot be used: ${failureOf(thrown).message}.`;
    throw new FailureError("trust", message, { cause: thrown });
  }
}

function deviceKey(value: unknown, name: string): PublicJwk {
  const key = readPublicJwk(value);
  if (key === null) throw new Error(`the key of the device “${name}” is no Ed25519 or P-256 key`);
  return key;
}

function checkedNote(note: string): string {
  if (readCheckpoint(note) === null) throw new Error("one of its checkpoints is not a signed note with a checkpoint");
  return note;
}
