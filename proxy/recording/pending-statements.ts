/**
 * Statements of one session that are not answered in full yet, in order. A client may send any number ahead: of the first
 * ones all is held that is known, of those behind them only where they are, in a few numbers.
 */
import { Fifo } from "../protocol/fifo.ts";
import { StatementDraft } from "./statement-draft.ts";

/** What the statements that are held whole may take, in bytes; what one takes besides its payload; and of a payload, at most. */
const wholeBytes = 8 * 1024 * 1024;
const draftBytes = 512;
const mostPayload = 256 * 1024;

/** Numbers that are held of each of the others. */
const numbers = 8;
const smallest = 64 * numbers;

/** Why nothing else is known of those. */
const onlyPlace = "so many commands were waiting for their answers that it was passed over: it can be read where it is in the recording";

interface Whole {
  readonly draft: StatementDraft;
  readonly bytes: number;
}

export class PendingStatements {
  private readonly session: string;
  private readonly whole = new Fifo<Whole>();
  private heldBytes = 0;
  /** A ring; its size is `numbers` times a power of two. */
  private places = new Float64Array(smallest);
  private start = 0;
  private placed = 0;
  private lastPartial = 0;

  constructor(session: string) {
    this.session = session;
  }

  /** The one that is answered next or being answered. */
  get first(): StatementDraft | undefined {
    return this.whole.first?.draft;
  }

  /** Whether the next one is held whole, and so is worth decoding. */
  get hasRoom(): boolean {
    return this.placed === 0 && this.heldBytes <= wholeBytes;
  }

  /** Adds one whose command has `length` payload bytes. */
  push(draft: StatementDraft, length: number): void {
    if (this.hasRoom) this.hold(draft, length);
    else this.place(draft);
  }

  /** Takes the first one. */
  shift(): StatementDraft | undefined {
    const taken = this.whole.shift();
    if (taken === undefined) return undefined;
    this.heldBytes -= taken.bytes;
    if (this.whole.length === 0 && this.placed > 0) this.hold(this.takePlaced(), 0);
    return taken.draft;
  }

  /** Something that belongs to them, or to one of them, is missing. */
  markPartial(): void {
    for (const { draft } of this.whole) draft.partial = true;
    if (this.placed > 0) this.lastPartial = this.places[this.at(this.placed - 1)] as number;
  }

  private hold(draft: StatementDraft, length: number): void {
    const bytes = draftBytes + Math.min(length, mostPayload);
    this.whole.push({ draft, bytes });
    this.heldBytes += bytes;
  }

  private place({ seq, command, at, sentAt, commandAt, bytesIn, redacted }: StatementDraft): void {
    if (this.placed * numbers === this.places.length) this.resize(this.places.length * 2);
    this.places.set([seq, command, at, sentAt, commandAt.frame, commandAt.skip, bytesIn, redacted], this.at(this.placed));
    this.placed += 1;
  }

  private takePlaced(): StatementDraft {
    const from = this.at(0);
    const [seq = 0, command = 0, at = 0, sentAt = 0, frame = 0, skip = 0, bytesIn = 0, redacted = 0] = this.places.subarray(
      from,
      from + numbers,
    );
    this.start = (this.start + numbers) % this.places.length;
    this.placed -= 1;
    if (this.placed === 0 && this.places.length > smallest) this.resize(smallest);
    const draft = new StatementDraft(this.session, seq, command, at, { frame, skip });
    draft.decodeFailed = onlyPlace;
    draft.partial = seq <= this.lastPartial;
    return Object.assign(draft, { sentAt, bytesIn, redacted });
  }

  private at(index: number): number {
    return (this.start + index * numbers) % this.places.length;
  }

  private resize(size: number): void {
    const places = new Float64Array(size);
    for (let index = 0; index < this.placed; index += 1) {
      const from = this.at(index);
      places.set(this.places.subarray(from, from + numbers), index * numbers);
    }
    this.places = places;
    this.start = 0;
  }
}
