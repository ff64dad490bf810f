import type { SessionClose, SessionOpen } from "../model/session.ts";
import type { Statement } from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import type { Frame } from "../recording/frame.ts";
import { FrameReader } from "../recording/frame-reader.ts";
import { SessionDecoder } from "../recording/session-decoder.ts";

/** What a recording tells while it is followed. */
export interface TailSink {
  opened(tail: RecordingTail, open: SessionOpen): void;
  statement(tail: RecordingTail, statement: Statement, endedAt: UnixMicros): void;
  closed(tail: RecordingTail, close: SessionClose, at: UnixMicros): void;
  sealed(tail: RecordingTail): void;
}

/** How far a recording has come. */
export type TailEnd = "open" | "closed" | "sealed";

/** Statement texts longer than this are cut while indexing; the index keeps less than this of them. */
const commandBytes = 256 * 1024;

/** One recording that is decoded from its start while it grows, frame by frame. */
export class RecordingTail {
  readonly session: string;
  readonly path: string;
  /** Bytes that are in the file, as far as is known; less than before where a torn tail was cut. */
  size: number;
  /** The key of its row in the sessions table, once its open frame was read. */
  key: number | null = null;
  recorder: string | null = null;
  /** The account that its last statement ran on. */
  account: string | null = null;
  end: TailEnd = "open";
  /** Why no more can be read of it; `null` where it can. */
  problem: string | null = null;
  /** Not before then is it tried again to read it, in milliseconds as of `performance.now()`, where that failed. */
  retryAt: number | null = null;
  /** When the recording was first known of, in milliseconds since the epoch. */
  readonly knownSince = Date.now();
  /** The size with which its last frame was found to be incomplete: nothing can be read until the file changes. */
  stuckAt: number | null = null;
  readonly #decoder: SessionDecoder;
  #reader: FrameReader | null = null;
  #position = 0;
  #head: Frame | null = null;
  #at: UnixMicros = 0;

  constructor(session: string, path: string, size: number, sink: TailSink) {
    this.session = session;
    this.path = path;
    this.size = size;
    this.#decoder = new SessionDecoder(
      {
        open: (open) => {
          if (open.session !== session) {
            this.problem = `it is named ${session}, and says that it is ${open.session}`;
            return;
          }
          this.recorder = open.recorder;
          sink.opened(this, open);
        },
        malformed: (reason) => {
          this.problem ??= reason;
        },
        statement: (statement) => sink.statement(this, statement, this.#at),
        close: (close, at) => {
          this.end = "closed";
          sink.closed(this, close, at);
        },
        seal: () => {
          this.end = "sealed";
          sink.sealed(this);
        },
      },
      { commandBytes, params: false },
    );
  }

  /** Bytes from the file's start that were decoded. */
  get decoded(): number {
    return this.#position;
  }

  /** Bytes that wait to be decoded. */
  get lag(): number {
    return this.problem === null ? Math.max(0, this.size - this.#position) : 0;
  }

  /** Time of the next whole frame, in microseconds; `null` where there is none yet. Throws where the file cannot be read. */
  nextAt(): UnixMicros | null {
    if (this.#head === null && this.lag > 0) this.#readHead();
    return this.#head?.at ?? null;
  }

  /** Decodes the next frame, which `nextAt` has found. */
  step(): void {
    const frame = this.#head;
    if (frame === null) return;
    this.#head = null;
    this.#at = frame.at;
    this.#decoder.frame(frame);
    this.#position = frame.end;
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  #readHead(): void {
    this.#reader ??= new FrameReader(this.path, this.#position, "transient");
    const end = this.#reader.read((frame) => {
      this.#head = frame;
      return false;
    });
    if (end.kind === "damaged") this.problem = `${end.reason} (at byte ${end.offset})`;
  }
}
