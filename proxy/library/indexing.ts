import { failureOf } from "../model/failure.ts";
import type { LibraryState } from "../model/status.ts";
import { recorderIsAlive } from "../recording/recorder-lock.ts";
import type { RecordingFile } from "../recording/recording-files.ts";
import { recoverRecording } from "../recording/recovery.ts";
import { DirectoryWatch, sizeOf } from "./directory-watch.ts";
import { IndexLock } from "./index-lock.ts";
import { IndexPace } from "./index-pace.ts";
import { type IndexedSlice, Indexer } from "./indexer.ts";
import type { RebuildProgress, RecordingGrowth } from "./messages.ts";
import { isCurrent, isDamage, type LibraryDatabase, recreateTables } from "./schema.ts";
import type { EndedRecording, Sealer } from "./sealer.ts";

/** What is listed in one go before others get their turn. */
const listedAtOnce = 500;

/** Sealing gets at least this much of a turn. */
const leastSealingMs = 10;

const lookEveryMs = 500;
const recoverEveryMs = 5000;
const retryAfterMs = 1000;

/** How often all is listed anew where folders cannot be read. */
const listAgainMs = 30_000;

/** Recorded bytes that are behind without the library counting as behind. */
const currentBytes = 1024 * 1024;

/** What was indexed, for those who wait for it. */
export interface IndexingEvents {
  indexed(slice: IndexedSlice): void;
  /** The tables were made anew, so ids mean something else from now on. */
  recreated(): void;
}

export interface IndexingOptions {
  readonly dataDirectory: string;
  readonly recorder: string | null;
  readonly index: boolean;
}

/**
 * Keeps the library up to date while this process holds the right to, and has sealed what this process recorded. The caller
 * calls `work` as long as it says that there is more to do.
 */
export class Indexing {
  readonly #database: LibraryDatabase;
  readonly #options: IndexingOptions;
  readonly #events: IndexingEvents;
  readonly #lock: IndexLock;
  readonly #watch: DirectoryWatch;
  readonly #sealer: Sealer | null;
  readonly #pace = new IndexPace(performance.now());
  /** How large the recordings of this process are. */
  readonly #recorded = new Map<string, number>();
  #indexer: Indexer | null = null;
  #listing: Iterator<RecordingFile> | null = null;
  /** What the last look at the directories found, as far as it was not taken note of yet. */
  #found: Iterator<RecordingFile> | null = null;
  #rebuilding = false;
  #rebuiltBytes = 0;
  #problem: string | null = null;
  #nextLook = 0;
  #nextRecovery = 0;
  #nextListing = 0;
  #pausedUntil = 0;

  /** `sealer`: `null` where this process has no key to sign with. It is asked for work here, and closed by who made it. */
  constructor(database: LibraryDatabase, options: IndexingOptions, events: IndexingEvents, sealer: Sealer | null) {
    this.#database = database;
    this.#options = options;
    this.#events = events;
    this.#sealer = sealer;
    this.#lock = new IndexLock(options.dataDirectory);
    this.#watch = new DirectoryWatch(options.dataDirectory);
  }

  /** Whether this process indexes; another one does otherwise, or none. */
  get active(): boolean {
    return this.#indexer !== null;
  }

  /** Takes note of what this process recorded. */
  grew(recordings: readonly RecordingGrowth[]): void {
    const now = performance.now();
    for (const recording of recordings) {
      this.#indexer?.add(recording);
      this.#pace.recorded(recording.size - (this.#recorded.get(recording.session) ?? 0), now);
      this.#recorded.set(recording.session, recording.size);
      if (!recording.closed) continue;
      this.#recorded.delete(recording.session);
      this.#sealer?.add(recording);
    }
  }

  /** Looks for what other processes did; to be called every now and then. `now`: milliseconds of a clock that never goes back. */
  look(now: number): void {
    if (now < this.#nextLook) return;
    this.#nextLook = now + lookEveryMs;
    if (this.#indexer === null && this.#options.index && this.#lock.take()) this.#begin();
    if (this.#indexer === null || this.#listing !== null) return;
    this.#found ??= this.#watch.added(Date.now());
    for (const { session, path } of this.#indexer.open()) this.#indexer.add({ session, path, size: sizeOf(path) });
    if (now >= this.#nextRecovery && !this.#indexer.hasWork) this.#recover(now);
    if (now >= this.#nextListing && this.#watch.problem !== null) this.list();
  }

  /** Lists everything anew, e.g. after files were brought from elsewhere. */
  list(): void {
    if (this.#indexer === null) return;
    this.#listing = this.#watch.all();
    this.#nextListing = performance.now() + listAgainMs;
  }

  /** Does some work, for about 40 ms at most; true when there is more to do at once. `now` is as for `look`. */
  work(now: number): boolean {
    if (now < this.#pausedUntil || this.#pace.rests(now)) return false;
    this.#listing = this.#takeNote(this.#listing);
    this.#found = this.#takeNote(this.#found);
    if (this.#indexer?.hasWork) this.#slice(this.#indexer, now);
    if (this.#sealer !== null) this.#seal(this.#sealer, now);
    if (this.#rebuilding && this.#listing === null && this.#indexer?.hasWork === false) this.#rebuilding = false;
    return this.#listing !== null || this.#found !== null || this.#sealer?.hasWork === true || this.#indexer?.hasWork === true;
  }

  /** A recording was sealed. */
  sealed({ session, path }: EndedRecording): void {
    this.#indexer?.add({ session, path, size: sizeOf(path) });
  }

  /** Makes the tables anew and starts from the first recording. */
  rebuild(): void {
    recreateTables(this.#database);
    this.#rebuilding = true;
    this.#rebuiltBytes = 0;
    this.#restart();
    this.#events.recreated();
  }

  /** How far the library is, and what it wants a person to know. */
  state(): Pick<LibraryState, "state" | "lagBytes" | "lagMs" | "message"> {
    const { bytes, ms } = this.#indexer?.lag() ?? { bytes: 0, ms: 0 };
    const behind = this.#listing !== null || bytes > currentBytes;
    const state = this.#rebuilding ? "rebuilding" : behind ? "catching-up" : "current";
    const message = this.#problem ?? this.#sealer?.problem ?? this.#watch.problem ?? this.#indexer?.damage ?? null;
    return { state, lagBytes: bytes, lagMs: ms, message };
  }

  /** How far a rebuild is; `null` where there is none. The whole grows while recordings are still being listed. */
  progress(): RebuildProgress | null {
    if (!this.#rebuilding) return null;
    return { doneBytes: this.#rebuiltBytes, totalBytes: this.#rebuiltBytes + (this.#indexer?.lag().bytes ?? 0) };
  }

  close(): void {
    this.#indexer?.reset();
    this.#lock.close();
  }

  #begin(): void {
    if (!isCurrent(this.#database)) {
      recreateTables(this.#database);
      this.#events.recreated();
    }
    this.#indexer = new Indexer(this.#database);
    this.#listing = this.#watch.all();
  }

  #restart(): void {
    this.#indexer?.reset();
    this.#listing = this.#watch.all();
  }

  /** Takes note of some recordings; what is left to take note of is returned. */
  #takeNote(recordings: Iterator<RecordingFile> | null): Iterator<RecordingFile> | null {
    for (let noted = 0; recordings !== null && noted < listedAtOnce; noted += 1) {
      const next = recordings.next();
      if (next.done === true) return null;
      this.#indexer?.add(next.value);
    }
    return recordings;
  }

  /** Seals for what is left of a slice, and for a while in any case: where there is always something to index, sealing goes on too. */
  #seal(sealer: Sealer, began: number): void {
    const start = performance.now();
    const until = Math.max(began + this.#pace.sliceMs, start + leastSealingMs);
    sealer.work(start, () => performance.now() >= until);
    const end = performance.now();
    if (end - start > leastSealingMs) this.#pace.worked(end - began, end);
  }

  #slice(indexer: Indexer, now: number): void {
    try {
      const slice = indexer.slice(this.#pace.sliceMs);
      const after = performance.now();
      this.#pace.worked(after - now, after);
      this.#problem = null;
      this.#rebuiltBytes += slice.bytes;
      for (const closed of slice.closed) if (closed.recorder === this.#options.recorder) this.#sealer?.add(closed);
      this.#events.indexed(slice);
    } catch (thrown) {
      this.#problem = `The library cannot go on: ${failureOf(thrown).message}. Recording goes on; the library tries again by itself.`;
      this.#pausedUntil = now + retryAfterMs;
      if (isDamage(thrown)) this.rebuild();
      else this.#restart();
    }
  }

  /** Ends recordings of recorders that are gone, as `crashed` where they were not closed, and has them sealed where this process can. */
  #recover(now: number): void {
    this.#nextRecovery = now + recoverEveryMs;
    const alive = new Map<string, boolean>();
    const isAlive = (recorder: string): boolean => {
      const known = alive.get(recorder) ?? recorderIsAlive(this.#options.dataDirectory, recorder);
      alive.set(recorder, known);
      return known;
    };
    for (const tail of this.#indexer?.open() ?? []) {
      if (tail.recorder === null || tail.recorder === this.#options.recorder) continue;
      try {
        if (isAlive(tail.recorder)) continue;
        // What is closed, and read to its end, is as whole as it can be.
        const isWhole = tail.end === "closed" && tail.lag === 0;
        const recovery = isWhole ? null : recoverRecording(this.#options.dataDirectory, tail.path);
        if (recovery?.kind !== "damaged") this.#sealer?.add(tail);
        if (!isWhole) this.#indexer?.add({ session: tail.session, path: tail.path, size: sizeOf(tail.path) });
      } catch (thrown) {
        this.#problem = failureOf(thrown).message;
      }
    }
  }
}
