import type { SessionClose, SessionOpen } from "../model/session.ts";
import type { Statement } from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import { FrameMerge } from "./frame-merge.ts";
import { RecordingProblems } from "./recording-problems.ts";
import { RecordingTable } from "./recording-table.ts";
import { RecordingTail, type TailSink } from "./recording-tail.ts";
import type { LibraryDatabase } from "./schema.ts";
import { SessionTable } from "./session-table.ts";
import { StatementWriter } from "./statement-writer.ts";

/** A recording to index, with its size in bytes now. */
export interface RecordingToIndex {
  readonly session: string;
  readonly path: string;
  readonly size: number;
}

/** What one slice of work did. */
export interface IndexedSlice {
  /** Id of the newest statement afterwards. */
  readonly newest: number;
  /** Sessions whose row changed. */
  readonly sessions: readonly string[];
  /** Recordings whose close frame was indexed, and that are not sealed. */
  readonly closed: readonly { readonly session: string; readonly path: string; readonly recorder: string }[];
  readonly bytes: number;
}

/** Most frames between two looks at the clock. */
const framesPerLook = 64;

/** Readers that are kept open at once; recordings that do not grow are opened again when they do. */
const openReaders = 256;

/** How long after a recording could not be read that is tried again. */
const retryAfterMs = 5000;

interface Counted {
  statements: number;
  errors: number;
}

/**
 * Fills the library from recordings. Recordings that have something to read are read in the order of their frames'
 * times, all together, so that rows come in the order in which statements ended. A recording that was indexed in part
 * by an earlier run is decoded again from its start, and what is there already is passed over.
 */
export class Indexer {
  readonly #database: LibraryDatabase;
  readonly #sessions: SessionTable;
  readonly #recordings: RecordingTable;
  readonly #writer: StatementWriter;
  readonly #isIndexed;
  readonly #tails = new Map<string, RecordingTail>();
  readonly #waiting = new Set<RecordingTail>();
  readonly #merge = new FrameMerge<RecordingTail>();
  readonly #problems = new RecordingProblems();
  #touched = new Map<RecordingTail, Counted>();
  #closed: RecordingTail[] = [];
  #resumed = new Map<RecordingTail, number>();

  readonly #sink: TailSink = {
    opened: (tail, open) => this.#opened(tail, open),
    statement: (tail, statement, endedAt) => this.#statement(tail, statement, endedAt),
    closed: (tail, close, at) => this.#close(tail, close, at),
    sealed: (tail) => this.#sealed(tail),
  };

  constructor(database: LibraryDatabase) {
    this.#database = database;
    this.#sessions = new SessionTable(database);
    this.#recordings = new RecordingTable(database);
    this.#writer = new StatementWriter(database);
    this.#isIndexed = database.prepare("SELECT 1 FROM statements WHERE session = ? AND seq = ?").pluck();
  }

  /** Id of the newest statement. */
  get newest(): number {
    return this.#writer.newest;
  }

  /** Takes note of a recording; cheap where nothing is new. */
  add(recording: RecordingToIndex): void {
    const tail = this.#tails.get(recording.session) ?? this.#tailOf(recording);
    if (tail === null) return;
    tail.size = recording.size;
    if (tail.lag > 0 && (tail.size !== tail.stuckAt || isDue(tail))) this.#waiting.add(tail);
    else if (tail.end === "sealed") this.#release(tail);
  }

  /** Whether there is something to read. */
  get hasWork(): boolean {
    return this.#waiting.size > 0 || this.#merge.first !== null;
  }

  /** What cannot be read, as a sentence; `null` where all of it can. */
  get damage(): string | null {
    return this.#problems.sentence;
  }

  /** Bytes that are recorded and not indexed, and for how long the oldest of them has waited, in milliseconds. */
  lag(): { bytes: number; ms: number } {
    let bytes = 0;
    for (const tail of this.#tails.values()) if (tail.retryAt === null) bytes += tail.lag;
    const first = this.#merge.first;
    return { bytes, ms: first === null ? 0 : Math.max(0, Math.round(Date.now() - Math.max(first.at / 1000, first.source.knownSince))) };
  }

  /** Recordings that are not known to be closed, to look at again. */
  open(): RecordingTail[] {
    return [...this.#tails.values()].filter((tail) => tail.end !== "sealed" && tail.problem === null);
  }

  /** Indexes for about `limitMs` milliseconds, in one transaction. Throws where writing fails; nothing is half-written then. */
  slice(limitMs: number): IndexedSlice {
    const until = performance.now() + limitMs;
    let bytes = 0;
    this.#touched = new Map();
    this.#closed = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      this.#startWaiting();
      do {
        bytes += this.#frames(framesPerLook);
      } while (this.#merge.first !== null && performance.now() < until);
      this.#flush();
      this.#database.exec("COMMIT");
    } catch (thrown) {
      this.#abandon();
      throw thrown;
    }
    return this.#result(bytes);
  }

  /** Forgets all that is held in memory, to start from what the tables say. */
  reset(): void {
    for (const tail of this.#tails.values()) tail.close();
    this.#tails.clear();
    this.#waiting.clear();
    this.#merge.clear();
    this.#problems.clear();
    this.#resumed = new Map();
    this.#writer.reset();
  }

  #tailOf({ session, path, size }: RecordingToIndex): RecordingTail | null {
    const known = this.#recordings.get(session);
    if (known !== null && known.indexed >= size && (known.ended === "sealed" || known.problem !== null)) {
      if (known.problem !== null) this.#problems.damaged(session, known.problem);
      return null;
    }
    const tail = new RecordingTail(session, path, size, this.#sink);
    if (known !== null) this.#resumed.set(tail, known.indexed);
    this.#tails.set(session, tail);
    return tail;
  }

  #startWaiting(): void {
    for (const tail of this.#waiting) this.#queue(tail);
    this.#waiting.clear();
  }

  /** Has a tail read in its turn, if it has something. One that cannot be read costs the others nothing. */
  #queue(tail: RecordingTail): void {
    try {
      const isThere = this.#merge.add(tail);
      if (tail.retryAt !== null) this.#problems.overcome(tail.session);
      tail.retryAt = null;
      if (!isThere) this.#rest(tail);
    } catch (thrown) {
      this.#leave(tail, thrown as NodeJS.ErrnoException);
    }
  }

  /** A tail could not be read: it is tried again later, unless it is not there any more. */
  #leave(tail: RecordingTail, why: NodeJS.ErrnoException): void {
    if (why.code === "ENOENT") {
      this.#problems.overcome(tail.session);
      this.#release(tail);
      return;
    }
    tail.close();
    tail.stuckAt = tail.size;
    tail.retryAt = performance.now() + retryAfterMs;
    this.#problems.unreadable(tail.session, why.message);
  }

  #frames(count: number): number {
    let bytes = 0;
    for (let frame = 0; frame < count; frame += 1) {
      const tail = this.#merge.take();
      if (tail === null) return bytes;
      const before = tail.decoded;
      tail.step();
      bytes += tail.decoded - before;
      this.#touch(tail);
      this.#queue(tail);
    }
    return bytes;
  }

  /** A tail has nothing to read for now. */
  #rest(tail: RecordingTail): void {
    tail.stuckAt = tail.lag > 0 ? tail.size : null;
    if (tail.problem !== null) {
      this.#touch(tail);
      this.#problems.damaged(tail.session, tail.problem);
    }
    if (tail.problem !== null || tail.end === "sealed" || this.#tails.size > openReaders) tail.close();
  }

  #touch(tail: RecordingTail): Counted {
    let counted = this.#touched.get(tail);
    if (counted === undefined) {
      counted = { statements: 0, errors: 0 };
      this.#touched.set(tail, counted);
    }
    return counted;
  }

  #opened(tail: RecordingTail, open: SessionOpen): void {
    tail.key = this.#sessions.open(open);
    tail.account = open.account;
    this.#writer.open(tail.key, open);
  }

  #statement(tail: RecordingTail, statement: Statement, endedAt: UnixMicros): void {
    if (tail.key === null) return;
    if (tail.account !== statement.account) this.#sessions.ranOn(tail.key, statement.account);
    tail.account = statement.account;
    if (this.#resumed.has(tail) && this.#isIndexed.get(tail.key, statement.seq) !== undefined) return;
    this.#writer.write(tail.key, statement, endedAt);
    const counted = this.#touch(tail);
    counted.statements += 1;
    if (statement.outcome === "error") counted.errors += 1;
  }

  #close(tail: RecordingTail, close: SessionClose, at: UnixMicros): void {
    if (tail.key !== null) this.#sessions.close(tail.key, close, at);
    this.#closed.push(tail);
  }

  #sealed(tail: RecordingTail): void {
    if (tail.key !== null) this.#sessions.seal(tail.key);
  }

  #flush(): void {
    this.#writer.flush();
    for (const [tail, counted] of this.#touched) {
      if (tail.key !== null && counted.statements > 0) this.#sessions.count(tail.key, counted.statements, counted.errors);
      const indexed = this.#indexedBytes(tail);
      if (indexed !== null) this.#recordings.set(tail.session, { indexed, ended: tail.end, problem: tail.problem });
    }
  }

  /** What to note as indexed; `null` while a recording is still decoded up to where an earlier run had come. */
  #indexedBytes(tail: RecordingTail): number | null {
    const earlier = this.#resumed.get(tail);
    if (earlier !== undefined && tail.decoded < earlier && tail.problem === null) return null;
    this.#resumed.delete(tail);
    return tail.problem === null ? tail.decoded : tail.size;
  }

  #abandon(): void {
    if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
    this.reset();
  }

  #result(bytes: number): IndexedSlice {
    const closed = this.#closed
      .filter((tail) => tail.end === "closed" && tail.recorder !== null)
      .map((tail) => ({ session: tail.session, path: tail.path, recorder: tail.recorder ?? "" }));
    const sessions = [...this.#touched.keys()].filter((tail) => tail.key !== null).map((tail) => tail.session);
    for (const tail of this.#touched.keys()) if (tail.end === "sealed" && tail.lag === 0) this.#release(tail);
    return { newest: this.#writer.newest, sessions, closed, bytes };
  }

  #release(tail: RecordingTail): void {
    tail.close();
    this.#tails.delete(tail.session);
  }
}

/** Whether a recording that could not be read is to be tried again. */
function isDue({ retryAt }: RecordingTail): boolean {
  return retryAt !== null && performance.now() >= retryAt;
}
