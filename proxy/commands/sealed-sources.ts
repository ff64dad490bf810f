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

/** How often is looked whether a seal has come, and how long it may take: a recording of gigabytes is sealed in minutes. */
const lookEveryMs = 100;
const sealedWithinMs = 15 * 60_000;

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
    const until = performance.now() + sealedWithinMs;
    while (!sessions.every((session) => findSealed(dataDirectory, session).kind === "sealed")) {
      if (performance.now() > until) throw notSealed(sessions.join(", "));
      await pause(lookEveryMs, undefined, { signal });
    }
  } finally {
    await library.close();
  }
}

function sealedNow(dataDirectory: string, session: string): SealedSession {
  const found = findSealed(dataDirectory, session);
  if (found.kind === "unsealed") throw notSealed(session);
  return found.sealed;
}

/** Refuses a session that somebody is recording. */
function refuseOpen(dataDirectory: string, session: string, file: string): void {
  const { recorder, closed } = endOf(file);
  if (closed || recorder === null || !recorderIsAlive(dataDirectory, recorder)) return;
  throw new FailureError("session-open", `Session ${session} is still open. Export it when it has ended.`);
}

/** Who records a session, and whether it has ended. */
function endOf(file: string): { readonly recorder: string | null; readonly closed: boolean } {
  let recorder: string | null = null;
  let closed = false;
  const reader = new FrameReader(file, 0, "transient");
  try {
    reader.read(({ kind, payload }) => {
      if (kind === FrameKind.open) recorder = (JSON.parse(payload.toString("utf8")) as Partial<SessionOpen>).recorder ?? null;
      if (kind === FrameKind.close) closed = true;
    });
  } finally {
    reader.close();
  }
  return { recorder, closed };
}

function notSealed(sessions: string): FailureError {
  const message = `Sessions were not sealed, so they cannot be exported: ${sessions}. Start Stenograph on this data directory: it seals them, or says why it cannot.`;
  return new FailureError("not-sealed", message);
}
