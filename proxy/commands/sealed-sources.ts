/** Sessions as an export reads them, once they are sealed. */
import { setTimeout as pause } from "node:timers/promises";
import type { RunningEvidence } from "../compose-evidence.ts";
import { RecordingSource } from "../evidence/bundle/recording-source.ts";
import { findSealed, type SealedSession } from "../evidence/bundle/sealed-sessions.ts";
import { openSaltKey } from "../evidence/events/salt-key.ts";
import { LibraryClient } from "../library/library-client.ts";
import { FailureError } from "../model/failure.ts";
import type { SessionOpen } from "../model/session.ts";
import { FrameKind } from "../recording/frame.ts";
import { FrameReader } from "../recording/frame-reader.ts";
import { recorderIsAlive } from "../recording/recorder-lock.ts";
import { typescriptWorkers } from "../serve-browsers.ts";

/** How often is looked whether a seal has come, how long it may take (a recording of gigabytes is sealed in minutes), and how long where something is wrong. */
const lookEveryMs = 100;
const sealedWithinMs = 15 * 60_000;
const mendedWithinMs = 20_000;

/**
 * Finds the sessions. What was left unsealed, as by a crash, is closed and sealed first; what another process is sealing is waited
 * for. Rejects with a `FailureError` where there is no such session, one is still open, or one cannot be sealed.
 */
export async function sealedSources(
  dataDirectory: string,
  sessions: readonly string[],
  evidence: Pick<RunningEvidence, "signSeal" | "sealed">,
  signal: AbortSignal,
): Promise<RecordingSource[]> {
  const unsealed = sessions.filter((session) => {
    const found = findSealed(dataDirectory, session);
    if (found.kind === "unsealed") refuseOpen(dataDirectory, session, found.file);
    return found.kind === "unsealed";
  });
  if (unsealed.length > 0) await sealAll(dataDirectory, unsealed, evidence, signal);
  const saltKey = openSaltKey(dataDirectory);
  return sessions.map((session) => new RecordingSource(sealedNow(dataDirectory, session), saltKey));
}

async function sealAll(
  dataDirectory: string,
  sessions: readonly string[],
  { signSeal, sealed }: Pick<RunningEvidence, "signSeal" | "sealed">,
  signal: AbortSignal,
): Promise<void> {
  const options = { dataDirectory, index: true, recorder: null };
  const library = new LibraryClient(typescriptWorkers.library, options, { sign: signSeal, sealed });
  try {
    const since = performance.now();
    while (!sessions.every((session) => findSealed(dataDirectory, session).kind === "sealed")) {
      const { message } = library.state;
      const limit = message === null ? sealedWithinMs : mendedWithinMs;
      if (performance.now() - since > limit) throw notSealed(sessions.join(", "), message);
      await pause(lookEveryMs, undefined, { signal });
    }
  } finally {
    await library.close();
  }
}

function sealedNow(dataDirectory: string, session: string): SealedSession {
  const found = findSealed(dataDirectory, session);
  if (found.kind === "unsealed") throw notSealed(session, null);
  return found.sealed;
}

/** Refuses a session that somebody is recording, and a recording that is damaged, which is never sealed. */
function refuseOpen(dataDirectory: string, session: string, file: string): void {
  const { recorder, closed, damage } = endOf(file);
  if (damage !== null) {
    const message = `The recording ${file} is damaged: ${damage}. It is left as it is, and cannot be exported.`;
    throw new FailureError("recording-damaged", message);
  }
  if (closed || recorder === null || !recorderIsAlive(dataDirectory, recorder)) return;
  throw new FailureError("session-open", `Session ${session} is still open. Export it when it has ended.`);
}

/** Who records a session, whether it has ended, and what is wrong with the recording. */
function endOf(file: string): { readonly recorder: string | null; readonly closed: boolean; readonly damage: string | null } {
  let recorder: string | null = null;
  let closed = false;
  const reader = new FrameReader(file, 0, "transient");
  try {
    const end = reader.read(({ kind, payload }) => {
      if (kind === FrameKind.open) recorder = recorderIn(payload);
      if (kind === FrameKind.close) closed = true;
    });
    const damage = end.kind === "damaged" ? `${end.reason} at byte ${end.offset}` : recorder === null ? "it has no open frame" : null;
    return { recorder, closed, damage };
  } finally {
    reader.close();
  }
}

function recorderIn(payload: Buffer): string | null {
  try {
    const { recorder } = JSON.parse(payload.toString("utf8")) as Partial<SessionOpen>;
    return typeof recorder === "string" ? recorder : null;
  } catch {
    return null;
  }
}

function notSealed(sessions: string, why: string | null): FailureError {
  const reason = why === null ? "" : ` (${why})`;
  const message = `Sessions were not sealed, so they cannot be exported: ${sessions}${reason}. Start Stenograph on this data directory: it seals them, or says why it cannot.`;
  return new FailureError("not-sealed", message);
}
