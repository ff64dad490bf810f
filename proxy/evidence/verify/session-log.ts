/** What the device log says of a session, held against the session. */

import { canonicalText } from "../canonical/canonical.ts";
import { loggedActor } from "../device-log/entry.ts";
import { openingBytes } from "../device-log/opening.ts";
import { pae } from "../signing/dsse.ts";
import { inTotoPayloadType } from "../signing/in-toto.ts";
import { type PublicJwk, verifySignature } from "../signing/public-key.ts";
import { readBase64 } from "../signing/strict-base64.ts";
import type { LimitsFound } from "./limits-found.ts";
import { entriesFile, type LoggedEntries } from "./logged-entries.ts";
import type { SessionHeader } from "./seals.ts";
import type { SessionFacts } from "./session-facts.ts";
import { BundleFault } from "./verdict.ts";
import type { WireHead } from "./wire-replay.ts";

const place = { file: entriesFile };

/** The seal of the session is the one in the log. Throws a `BundleFault`: `E_GAP`, `E_ROOT`. */
export function checkLoggedSeal({ session, seal }: SessionHeader, { seals, openings }: LoggedEntries, limits: LimitsFound): void {
  const logged = seals.get(session);
  if (logged === undefined) throw new BundleFault("E_GAP", `the seal of session ${session} is missing`, place);
  const told = { root: logged.root, events: logged.events, sha256: logged.sha256, bytes: logged.bytes, signatures: logged.signatures };
  const found = { root: seal.root, events: seal.events, sha256: seal.sha256, bytes: seal.bytes, signatures: seal.signatures };
  if (canonicalText(told) !== canonicalText(found)) {
    throw new BundleFault("E_ROOT", `the seal of session ${session} is not the one that the device log has`, place);
  }
  const opening = openings.get(session);
  if (opening !== undefined && opening.i > logged.i)
    throw new BundleFault("E_ROOT", `session ${session} was sealed before it began`, place);
  if (opening !== undefined) return;
  if (logged.late !== true) throw new BundleFault("E_GAP", `the opening of session ${session} is missing`, place);
  const reason = "The device log did not know of the session until it was sealed, so it does not prove when it began";
  limits.add("W_INCOMPLETE", reason, session);
}

/**
 * The opening of the session is the one in the log, and signed by the key of the sign-in, where it is signed. Throws a `BundleFault`:
 * `E_ROOT`, `E_SIG`.
 */
export function checkLoggedOpening(
  { session, actor, connection }: SessionFacts,
  { openings }: LoggedEntries,
  keyOf: (signIn: string) => PublicJwk | null,
): void {
  const opening = openings.get(session);
  if (opening === undefined) return;
  if (canonicalText(opening.actor) !== canonicalText(loggedActor(actor)) || opening.connection !== connection) {
    throw new BundleFault("E_ROOT", `session ${session} began otherwise than the device log says`, place);
  }
  if (opening.identity === undefined) return;
  const key = keyOf(opening.identity.signIn);
  if (key === null) return;
  const signature = readBase64(opening.identity.sig);
  const { actor: logged, bytes, sha256 } = opening;
  const signed = pae(
    inTotoPayloadType,
    openingBytes({ session, connection, actor: logged as ReturnType<typeof loggedActor>, bytes, sha256 }),
  );
  if (signature === null || !verifySignature(key, signed, signature)) {
    throw new BundleFault("E_SIG", `the opening of session ${session} is not signed by the sign-in that it names`, place);
  }
}

/** What the recording was while the session was open, as far as it was sealed. */
export function headsOf({ session, seal }: SessionHeader, logged: LoggedEntries): readonly WireHead[] {
  return allHeads(session, logged).filter(({ bytes }) => bytes <= seal.bytes);
}

/**
 * The recording was never longer than it was sealed, but where the recorder crashed: the log may be on the disk before the recording's last
 * bytes. Throws a `BundleFault` (`E_FORK`).
 */
export function checkLongestHead(
  { session, seal }: SessionHeader,
  { closeCause }: SessionFacts,
  logged: LoggedEntries,
  limits: LimitsFound,
): void {
  if (allHeads(session, logged).every(({ bytes }) => bytes <= seal.bytes)) return;
  if (closeCause !== "crashed")
    throw new BundleFault("E_FORK", `the recording of session ${session} was longer than what was sealed of it`, place);
  limits.add(
    "W_INCOMPLETE",
    "The recording had been longer before the recorder crashed: its end was lost then, or cut before it was sealed",
    session,
  );
}

function allHeads(session: string, { openings, heads }: LoggedEntries): readonly WireHead[] {
  const opening = openings.get(session);
  return [...(opening === undefined ? [] : [opening]), ...(heads.get(session) ?? [])];
}
