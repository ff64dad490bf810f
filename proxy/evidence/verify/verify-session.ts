/** Verifies one session of a bundle. */
import type { BundleFiles } from "./bundle-files.ts";
import type { ProvenSignIn } from "./identity-proof.ts";
import type { LimitsFound } from "./limits-found.ts";
import type { LoggedEntries } from "./logged-entries.ts";
import { checkSame } from "./redactions.ts";
import { checkSeal, type KeyOf, readHeader, type SealSigners, sessionFile } from "./seals.ts";
import { walkEvents } from "./session-events.ts";
import { FactsSoFar, type SessionFacts } from "./session-facts.ts";
import { checkLoggedOpening, checkLoggedSeal, checkLongestHead, headsOf } from "./session-log.ts";
import { checkRoot } from "./session-roots.ts";
import { BundleFault } from "./verdict.ts";
import { checkActor } from "./who.ts";
import { WireReplay, withWire } from "./wire-replay.ts";

/** What sessions are verified with. */
export interface SessionContext {
  readonly files: BundleFiles;
  readonly keyOf: KeyOf;
  readonly logged: LoggedEntries;
  readonly limits: LimitsFound;
  /** The sign-in with that id as the bundle proves it; `null` where it brings no record of it. */
  signIn(id: string): Promise<ProvenSignIn | null>;
}

export interface VerifiedSession extends SessionFacts {
  readonly sealedAt: number;
  readonly root: string;
  readonly signers: SealSigners;
  /** Whether the recording itself is in the bundle. */
  readonly hasRecording: boolean;
}

/** Rejects with a `BundleFault`. */
export async function verifySession(session: string, context: SessionContext): Promise<VerifiedSession> {
  const { files, keyOf, logged, limits } = context;
  const header = await readHeader(files, session);
  const signers = await checkSeal(files, header, keyOf);
  const signIn = signers.signIn === null ? null : await context.signIn(signers.signIn);
  if (signIn !== null && signIn.keyId !== signers.identity) {
    throw new BundleFault("E_SIG", "it is signed by another key than that of the sign-in", {
      file: sessionFile(session, "seal.sigstore.json"),
    });
  }
  checkLoggedSeal(header, logged, limits);
  await checkRoot(files, header);
  const facts = await withWire(files, session, (wire) =>
    readEvents(files, session, wire === null ? null : new WireReplay(wire, header, headsOf(header, logged))),
  );
  checkLongestHead(header, facts, logged, limits);
  checkSame(header.withheld, facts.withheld, "in the session", sessionFile(session, "header.json"));
  const hasRecording = files.has(sessionFile(session, "wire.steno"));
  if (hasRecording && facts.withheld.parts > 0) {
    throw new BundleFault("E_DISCLOSE", "it is there though parts of the session are withheld", {
      file: sessionFile(session, "wire.steno"),
    });
  }
  const openingSignIn = logged.openings.get(session)?.identity?.signIn;
  const opener = openingSignIn === undefined ? null : await context.signIn(openingSignIn);
  checkLoggedOpening(facts, logged, () => opener?.clientInstance.jwk ?? null);
  checkActor(facts, signIn, limits);
  if (facts.gaps > 0) limits.add("W_INCOMPLETE", "The recording says itself that bytes are missing in it", session);
  if (facts.closeCause === "crashed") limits.add("W_INCOMPLETE", "The recorder crashed, so what was sent last may be missing", session);
  return { ...facts, sealedAt: header.seal.sealedAt, root: header.root, signers, hasRecording };
}

async function readEvents(files: BundleFiles, session: string, replay: WireReplay | null): Promise<SessionFacts> {
  const found = new FactsSoFar();
  try {
    await walkEvents(files, session, {
      part: (part, place) => {
        found.part(part);
        if (!part.isWithheld) replay?.part(part, place);
      },
      leaf: (leaf, place, bytes) => {
        found.leaf(leaf);
        replay?.leaf(bytes, place);
      },
    });
    replay?.end();
  } finally {
    replay?.close();
  }
  const facts = found.facts();
  if (facts === null) throw new BundleFault("E_GAP", "it has no opening", { file: sessionFile(session, "events.jsonl") });
  return facts;
}
