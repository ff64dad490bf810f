import type { ReadEnd } from "../recording/frame-reader.ts";
import type { RecordingFile } from "../recording/recording-files.ts";

/** What reading a recording found. */
export interface FoundInRecording {
  /** Session that the open frame tells; `null` where there is none. */
  readonly session: string | null;
  /** The first frame that is whole and not one that a recorder writes; `null` where all are. */
  readonly malformed: string | null;
  readonly end: ReadEnd;
}

/** Whether the open frame tells another session than the file's name does, as it is with a copy under another name. */
export function isMisnamed(file: RecordingFile, session: string | null): session is string {
  return session !== null && session !== file.session;
}

/** What is wrong with a recording, as a sentence that names it; `null` where nothing is. */
export function problemOf(file: RecordingFile, { session, malformed, end }: FoundInRecording): string | null {
  if (isMisnamed(file, session)) {
    return `${file.path} is passed over: by its name it is session ${file.session}, but it holds session ${session}. It may be a renamed copy.`;
  }
  if (malformed !== null) return `${file.path} is damaged: ${malformed}.`;
  if (end.kind === "damaged") return `${file.path} is damaged: ${end.reason} at byte ${end.offset}; what lies behind that is left out.`;
  if (session !== null) return null;
  return `${file.path} is damaged: ${end.kind === "end" ? "it has no open frame" : `${end.reason} at byte ${end.offset}`}.`;
}
