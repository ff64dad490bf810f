/** What the relay needs of recording. */
import type { FailureError } from "../model/failure.ts";
import type { SessionClose, SessionOpen, SignedInAgainNote, StatementSecretNote } from "../model/session.ts";
import type { RecordingState } from "../model/status.ts";

/** What the relay notes: a redaction in the bytes before, or who the session is from now on. */
export type RelayNote =
  | { readonly kind: "redacted"; readonly what: "authentication"; readonly direction: "client"; readonly bytes: number }
  | StatementSecretNote
  | SignedInAgainNote;

/** The recording of one session. Methods that take bytes have written them when they return, or throw a `FailureError`. */
export interface SessionRecording {
  client(bytes: Buffer): void;
  upstream(bytes: Buffer): void;
  note(note: RelayNote): void;
  close(close: SessionClose): void;
  whenDurable(done: () => void): void;
}

/** Starts recordings. `failed` is called where a recording fails after its bytes were written. */
export interface Recorder {
  readonly state: RecordingState;
  open(open: SessionOpen, failed: (failure: FailureError) => void): SessionRecording;
}
