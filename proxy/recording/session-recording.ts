/** The recording of one open session: what the relay writes to before it forwards. */

import type { FailureError } from "../model/failure.ts";
import type { SessionClose } from "../model/session.ts";
import { nowNs } from "./clock.ts";
import { FrameKind, type Gap, type Note } from "./frame.ts";
import type { RecordingWriter } from "./recording-writer.ts";

/** What could not be written of a recording's end. */
export interface MissingEnd {
  readonly gap: Gap;
  readonly close: SessionClose;
}

/** Told by a session's recording to its recorder. */
export interface RecordingObserver {
  /** Something was appended that is not on the disk yet. */
  appended(recording: SessionRecording): void;
  /** It could not be written: from now on nothing may be forwarded. */
  failed(recording: SessionRecording, failure: FailureError): void;
  /** It is finished, except for what is `missing` of its end. */
  closed(recording: SessionRecording, missing: MissingEnd | null): void;
}

/** Appends the frames of one session. Every method that appends has written when it returns, or throws a `FailureError`. */
export class SessionRecording {
  readonly session: string;
  private readonly writer: RecordingWriter;
  private readonly observer: RecordingObserver;
  private waiting: (() => void)[] = [];
  private syncing = false;
  private syncAgain = false;
  private closed = false;
  /** Something could not be written; a gap frame says so before anything else is. */
  private owedGap: Gap | null = null;

  constructor(session: string, writer: RecordingWriter, observer: RecordingObserver) {
    this.session = session;
    this.writer = writer;
    this.observer = observer;
  }

  get path(): string {
    return this.writer.path;
  }

  /** Bytes written so far; always the end of a whole frame. */
  get size(): number {
    return this.writer.size;
  }

  /** Records bytes of the Command phase from the client. */
  client(bytes: Buffer): void {
    this.append(FrameKind.client, bytes);
  }

  /** Records bytes of the Command phase to the client. */
  upstream(bytes: Buffer): void {
    this.append(FrameKind.upstream, bytes);
  }

  /** Records something that was learned or done while recording. */
  note(note: Note): void {
    this.attempt(() => this.writer.appendJson(FrameKind.note, note));
  }

  /** Ends the recording. Where the close frame cannot be written now, the recorder writes it when it can. */
  close(close: SessionClose): void {
    let missing: MissingEnd | null = null;
    this.closed = true;
    try {
      this.payGap();
      this.writer.appendJson(FrameKind.close, close);
      // The relay is done with this session: where the disk fails now, the next append anywhere says so.
      this.writer.sync(() => undefined);
    } catch (thrown) {
      missing = { gap: gapBecause(thrown as FailureError), close };
    }
    this.writer.close();
    this.observer.closed(this, missing);
  }

  /** Calls `done` when all that was appended so far is on the disk; never where it cannot be (the observer hears of it). */
  whenDurable(done: () => void): void {
    this.waiting.push(done);
    if (!this.syncing) this.sync();
  }

  /** Brings all that was appended so far to the disk, and then calls who waits for it. */
  sync(): void {
    if (this.syncing) {
      // What was appended since that sync began is not part of it.
      this.syncAgain = true;
      return;
    }
    this.syncing = true;
    this.syncAgain = false;
    const released = this.waiting;
    this.waiting = [];
    this.writer.sync((failure) => {
      this.syncing = false;
      if (failure !== null) {
        this.failed(failure);
        return;
      }
      for (const done of released) done();
      if (!this.closed && (this.waiting.length > 0 || this.syncAgain)) this.sync();
    });
  }

  private append(kind: FrameKind, bytes: Buffer): void {
    this.attempt(() => this.writer.append(kind, nowNs(), bytes));
  }

  private attempt(write: () => void): void {
    try {
      this.payGap();
      write();
    } catch (thrown) {
      this.failed(thrown as FailureError);
      throw thrown;
    }
    this.observer.appended(this);
  }

  private failed(failure: FailureError): void {
    this.owedGap ??= gapBecause(failure);
    this.observer.failed(this, failure);
  }

  private payGap(): void {
    if (this.owedGap === null) return;
    this.writer.appendJson(FrameKind.gap, this.owedGap);
    this.owedGap = null;
  }
}

/** No byte is missing that anybody received: what could not be recorded was not forwarded. */
function gapBecause(failure: FailureError): Gap {
  return { reason: "recording-failed", detail: failure.message, direction: "both", bytes: 0, sha256: null };
}
