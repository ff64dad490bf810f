import type { FailureError } from "../model/failure.ts";
import type { ClientProcess, SessionClose } from "../model/session.ts";
import type { SoughtProcess } from "./client-process.ts";
import type { RelayNote, SessionRecording } from "./recording.ts";

/** What a session's recording begins with, and who hears that it could not. */
export interface LateBeginning {
  /** Begins the recording. Throws a `FailureError` where it cannot. */
  open(process: ClientProcess | null): SessionRecording;
  /** It could not begin, or not end, and nobody waits for it who could be told. */
  failed(failure: FailureError): void;
}

/**
 * The recording of a session whose client's process is still being looked for. It begins when that is found, when the time for it is
 * over, or with the first thing that there is to record: so the search delays nothing, and the recording tells of the process
 * where it was found before the client said anything.
 */
export class LateRecording implements SessionRecording {
  private readonly process: SoughtProcess;
  private readonly beginning: LateBeginning;
  private begun: SessionRecording | null = null;
  private closed = false;

  constructor(process: SoughtProcess, beginning: LateBeginning) {
    this.process = process;
    this.beginning = beginning;
    void process.soon().then(() => {
      if (!this.closed) this.attempt(() => this.begin());
    });
  }

  client(bytes: Buffer): void {
    this.begin().client(bytes);
  }

  upstream(bytes: Buffer): void {
    this.begin().upstream(bytes);
  }

  note(note: RelayNote): void {
    this.begin().note(note);
  }

  whenDurable(done: () => void): void {
    this.begin().whenDurable(done);
  }

  close(close: SessionClose): void {
    this.closed = true;
    this.attempt(() => this.begin().close(close));
  }

  private begin(): SessionRecording {
    this.begun ??= this.beginning.open(this.process.known ?? null);
    return this.begun;
  }

  private attempt(what: () => void): void {
    try {
      what();
    } catch (thrown) {
      this.beginning.failed(thrown as FailureError);
    }
  }
}

/** A session's recording: begun now, unless its client's process is still being looked for. Throws where it cannot begin. */
export function recordingOf(process: SoughtProcess, beginning: LateBeginning): SessionRecording {
  return process.known === undefined ? new LateRecording(process, beginning) : beginning.open(process.known);
}
