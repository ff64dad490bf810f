/** Finds the recordings of sessions that are to be exported, and their seals. */
import fs from "node:fs";
import { z } from "zod";
import { FailureError, failureOf } from "../../model/failure.ts";
import { type LastSeal, readLastSeal } from "../../recording/last-seal.ts";
import { isSessionId, recordingPath } from "../../recording/recording-files.ts";
import type { SealFacts } from "./session-items.ts";

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const sealSchema = z.strictObject({
  version: z.literal(2),
  sha256: hex,
  bytes: z.number(),
  frames: z.number(),
  events: z.number(),
  root: hex,
  sealedAt: z.number(),
  program: z.object({ name: z.string(), version: z.string() }),
  signatures: z.array(
    z.strictObject({
      by: z.enum(["device", "identity"]),
      keyId: z.string(),
      algorithm: z.enum(["Ed25519", "ES256"]),
      sig: z.string(),
      signIn: z.string().exactOptional(),
    }),
  ),
});

/** A recording that is sealed. */
export interface SealedSession {
  readonly session: string;
  readonly file: string;
  readonly bytes: number;
  readonly seal: SealFacts;
}

/** Sealed, or why not: it is not there, or its seal is still to come. */
export type SealLookup = { readonly kind: "sealed"; readonly sealed: SealedSession } | { readonly kind: "unsealed"; readonly file: string };

/**
 * Looks for a session's recording, and for the seal at its end. Throws a `FailureError`: `no-session`, `recording-unreadable`, or
 * `seal-outdated` for a seal of an earlier version, which says nothing of events.
 */
export function findSealed(dataDirectory: string, session: string): SealLookup {
  const file = isSessionId(session) ? recordingPath(dataDirectory, session) : null;
  if (file === null || fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new FailureError("no-session", `There is no recording of a session ${session} in ${dataDirectory}.`);
  }
  let found: LastSeal;
  try {
    found = readLastSeal(file);
  } catch (cause) {
    throw new FailureError("recording-unreadable", `The recording ${file} cannot be read: ${failureOf(cause).message}.`, { cause });
  }
  if (found.seal === null) return { kind: "unsealed", file };
  const { success, data } = sealSchema.safeParse(found.seal);
  if (!success) {
    const message = `The recording of session ${session} was sealed by another version of Stenograph, so it cannot be exported as evidence.`;
    throw new FailureError("seal-outdated", message);
  }
  return { kind: "sealed", sealed: { session, file, bytes: found.bytes, seal: data } };
}
