/** Verifies the recordings that a check made: every frame's checksum, and the seal. */
import { listRecordings } from "../../recording/recording-files.ts";
import { verifyRecording } from "../../recording/verify.ts";

/** A sentence for each of the sessions' recordings that is missing or does not verify. */
export function recordingProblems(dataDirectory: string, sessions: readonly string[]): string[] {
  const files = new Map([...listRecordings(dataDirectory)].map((recording) => [recording.session, recording.path]));
  return sessions.flatMap((session) => {
    const file = files.get(session);
    if (file === undefined) return [`The recording of session ${session} is not there.`];
    const verdict = verifyRecording(file);
    return verdict.ok ? [] : [`The recording of session ${session} does not verify: ${verdict.reason}.`];
  });
}
