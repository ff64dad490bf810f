/**
 * Records all sessions of one process: creates their recordings, brings them to the disk at least every 200 ms, tells
 * how far they have grown, and knows whether writing works at all.
 */
import fs from "node:fs";
import path from "node:path";
import { FailureError } from "../model/failure.ts";
import type { SessionOpen } from "../model/session.ts";
import type { RecordingState } from "../model/status.ts";
import { FrameKind } from "./frame.ts";
import { recordingFailure } from "./recording-failure.ts";
import { recordingPath, recordingsDirectory } from "./recording-files.ts";
import { type RecordingFileSystem, RecordingWriter } from "./recording-writer.ts";
import { type MissingEnd, SessionRecording } from "./session-recording.ts";

const syncEveryMs = 200;
const announceEveryMs = 50;
const probeEveryMs = 1000;

/** How far a recording has grown. */
export interface RecordingProgress {
  readonly session: string;
  readonly path: string;
  readonly size: number;
  readonly closed: boolean;
}

/** What a recorder tells its owner. */
export interface RecorderEvents {
  state(state: RecordingState): void;
  progress(files: readonly RecordingProgress[]): void;
}

/** A recording that ended without its close frame because nothing could be written. */
interface Unclosed {
  readonly session: string;
  readonly path: string;
  readonly size: number;
  readonly missing: MissingEnd;
}

/** The recorder of this process. Used by the relay's thread only. */
export class Recorder {
  private readonly dataDirectory: string;
  private readonly events: RecorderEvents;
  private readonly files: RecordingFileSystem;
  private readonly unsynced = new Set<SessionRecording>();
  private readonly grown = new Map<SessionRecording, boolean>();
  private readonly onFailure = new Map<SessionRecording, (failure: FailureError) => void>();
  private readonly timers: NodeJS.Timeout[];
  private unclosed: Unclosed[] = [];
  private current: RecordingState = { state: "recording" };

  constructor(dataDirectory: string, events: RecorderEvents, files: RecordingFileSystem = fs) {
    this.dataDirectory = dataDirectory;
    this.events = events;
    this.files = files;
    this.timers = [
      setInterval(() => this.syncAll(), syncEveryMs),
      setInterval(() => this.announce(), announceEveryMs),
      setInterval(() => this.probe(), probeEveryMs),
    ];
  }

  /** Whether writing works, as far as is known. */
  get state(): RecordingState {
    return this.current;
  }

  /**
   * Starts a recording with its open frame. `failed` is called where bringing it to the disk fails later. Throws a
   * `FailureError` where it cannot be written.
   */
  open(open: SessionOpen, failed: (failure: FailureError) => void): SessionRecording {
    let writer: RecordingWriter;
    try {
      writer = RecordingWriter.create(recordingPath(this.dataDirectory, open.session), open, this.files);
    } catch (thrown) {
      this.fail(thrown as FailureError);
      throw thrown;
    }
    const recording = new SessionRecording(open.session, writer, {
      appended: (of) => this.appended(of),
      failed: (of, failure) => {
        this.fail(failure);
        this.onFailure.get(of)?.(failure);
      },
      closed: (of, missing) => this.closed(of, missing),
    });
    this.onFailure.set(recording, failed);
    this.appended(recording);
    return recording;
  }

  /** Brings everything to the disk, tells the last progress, and ends the timers. Recordings must be closed before. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.finishUnclosed();
    this.announce();
  }

  /** Tells at once how recordings have grown, those that were only just begun included. */
  announce(): void {
    if (this.grown.size === 0) return;
    const files = [...this.grown].map(([{ session, path: file, size }, closed]) => ({ session, path: file, size, closed }));
    this.grown.clear();
    this.events.progress(files);
  }

  private appended(recording: SessionRecording): void {
    this.unsynced.add(recording);
    if (!this.grown.has(recording)) this.grown.set(recording, false);
  }

  private closed(recording: SessionRecording, missing: MissingEnd | null): void {
    this.unsynced.delete(recording);
    this.onFailure.delete(recording);
    this.grown.set(recording, missing === null);
    if (missing !== null) this.unclosed.push({ session: recording.session, path: recording.path, size: recording.size, missing });
  }

  private syncAll(): void {
    for (const recording of this.unsynced) recording.sync();
    this.unsynced.clear();
  }

  private fail(failure: FailureError): void {
    if (this.current.state === "failing" && this.current.message === failure.message) return;
    this.current = { state: "failing", message: failure.message };
    this.events.state(this.current);
  }

  /** While writing fails: tries whether it works again, with more than a page, because a full disk may still take bytes. */
  private probe(): void {
    if (this.current.state !== "failing") return;
    const file = path.join(recordingsDirectory(this.dataDirectory), `.probe-${process.pid}`);
    try {
      this.files.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      const fd = this.files.openSync(file, "w", 0o600);
      try {
        const bytes = Buffer.alloc(64 * 1024, 0x20);
        let written = 0;
        while (written < bytes.length) written += this.files.writeSync(fd, bytes, written, bytes.length - written);
      } finally {
        this.files.closeSync(fd);
        fs.rmSync(file, { force: true });
      }
      this.finishUnclosed();
      if (this.unclosed.length > 0) return;
      this.current = { state: "recording" };
      this.events.state(this.current);
    } catch (thrown) {
      this.fail(thrown instanceof FailureError ? thrown : recordingFailure(thrown, file));
    }
  }

  /** Writes the ends of recordings that could not be written before, with a gap that says so; one whose file is gone is given up. */
  private finishUnclosed(): void {
    const still: Unclosed[] = [];
    for (const one of this.unclosed) {
      if (!this.finishOne(one)) still.push(one);
    }
    this.unclosed = still;
  }

  private finishOne({ session, path: file, size, missing }: Unclosed): boolean {
    if (!fs.existsSync(file)) return true;
    try {
      fs.truncateSync(file, size);
      const writer = RecordingWriter.reopen(file, size, this.files);
      let notClosed: FailureError | null = null;
      try {
        writer.appendJson(FrameKind.gap, missing.gap);
        writer.appendJson(FrameKind.close, missing.close);
      } finally {
        notClosed = writer.close();
      }
      if (notClosed !== null) return false;
      this.events.progress([{ session, path: file, size: writer.size, closed: true }]);
      return true;
    } catch {
      return false;
    }
  }
}
