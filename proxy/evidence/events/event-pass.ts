/** Reads a recording into events: the leaves of its session's tree, and the parts that they commit to. */
import type { SessionOpen } from "../../model/session.ts";
import type { Statement } from "../../model/statement.ts";
import type { UnixMicros } from "../../model/value.ts";
import type { DecoderSink } from "../../recording/decoder-sink.ts";
import type { Frame } from "../../recording/frame.ts";
import { FrameReader, type ReadEnd } from "../../recording/frame-reader.ts";
import { SessionDecoder } from "../../recording/session-decoder.ts";
import { type EventSink, EventWriter } from "./event-writer.ts";
import { writeClose, writeFrame, writeOpen, writeStatement } from "./frame-events.ts";
import { type HeldEvent, HeldEvents } from "./held-events.ts";
import { ResultCommitments } from "./result-commitments.ts";

export type { EventPart, EventSink, SessionEvent } from "./event-writer.ts";

/**
 * Bytes of a command, of a row, and of the values that are sent ahead for an execution, that are decoded. They are part of what
 * leaves mean and never change: of a longer command the text is cut, a longer row counts as one that cannot be decoded, and so do the
 * parameters of what is longer. The recording itself holds all of it.
 */
const mostDecoded = 32 * 1024 * 1024;

/** What a pass tells. */
export interface PassSink extends EventSink {
  /** A frame and its bytes, head and checksum included, before anything is told of it; both are good during the call only. */
  frame?(frame: Frame, bytes: Buffer): void;
  open?(open: SessionOpen): void;
  /** A frame is whole but not one that a recorder writes; it makes no event. */
  malformed?(reason: string): void;
}

/**
 * A pass over one recording, which can be interrupted. The same bytes and the same salt key give the same events for ever. Memory
 * is bounded, however large results are: parts are told as they come, and before their event.
 *
 * Events are in the order of the frames that complete them, but for what completes while the rows of a statement are coming: that
 * follows the statement.
 */
export class EventPass {
  readonly #reader: FrameReader;
  readonly #decoder: SessionDecoder;
  readonly #saltKey: Uint8Array;
  readonly #sink: PassSink;
  readonly #held = new HeldEvents();
  #writer: EventWriter | null = null;
  #results: ResultCommitments | null = null;

  /** Throws where the file cannot be opened. */
  constructor(file: string, saltKey: Uint8Array, sink: PassSink) {
    this.#saltKey = saltKey;
    this.#sink = sink;
    this.#reader = new FrameReader(file, 0, "transient");
    this.#decoder = new SessionDecoder(this.#decoderSink(), {
      commandBytes: mostDecoded,
      longBytes: mostDecoded,
      rowBytes: mostDecoded,
      params: true,
    });
  }

  /** Reads on until `enough`, asked behind each frame, or until the end: then says how reading ended. Throws where reading fails. */
  read(enough: () => boolean): ReadEnd | null {
    let interrupted = false;
    const end = this.#reader.read((frame) => {
      this.#sink.frame?.(frame, this.#reader.lastFrame);
      this.#decoder.frame(frame);
      interrupted = enough();
      return !interrupted;
    });
    return interrupted ? null : end;
  }

  close(): void {
    this.#reader.close();
    this.#held.close();
  }

  #decoderSink(): DecoderSink {
    return {
      open: (open, at) => this.#open(open, at),
      columns: (seq, result, columns) =>
        this.#resultsOf(seq)?.columns(
          result,
          columns.map(({ column }) => column),
        ),
      row: (seq, result, row) => this.#resultsOf(seq)?.row(result, row.values()),
      statement: (statement) => this.#statement(statement),
      note: (value, at) => this.#add({ kind: "note", value, at }),
      decision: (value, at) => this.#add({ kind: "decision", value, at }),
      gap: (value, at) => this.#add({ kind: "gap", value, at }),
      close: (close, at) => {
        if (this.#writer !== null) writeClose(this.#writer, close, at);
      },
      malformed: (reason) => this.#sink.malformed?.(reason),
    };
  }

  #open(open: SessionOpen, at: UnixMicros): void {
    this.#writer = new EventWriter(open.session, this.#saltKey, this.#sink);
    this.#sink.open?.(open);
    writeOpen(this.#writer, open, at);
  }

  /** Answers come in the order of their commands: rows of another statement come when the one before is over. */
  #resultsOf(seq: number): ResultCommitments | null {
    if (this.#writer === null) return null;
    this.#results ??= new ResultCommitments(this.#writer, seq);
    if (this.#results.seq !== seq) throw new Error(`Rows of statement ${seq} came before statement ${this.#results.seq} was over.`);
    return this.#results;
  }

  #statement(statement: Statement): void {
    if (this.#results?.seq !== statement.seq) {
      this.#add({ kind: "statement", statement });
      return;
    }
    const results = this.#results;
    this.#results = null;
    if (this.#writer === null) return;
    writeStatement(this.#writer, statement, results);
    for (const held of this.#held.take()) this.#add(held);
  }

  #add(event: HeldEvent): void {
    if (this.#writer === null) return;
    if (this.#results !== null) this.#held.push(event);
    else if (event.kind === "statement") writeStatement(this.#writer, event.statement, null);
    else writeFrame(this.#writer, event.kind, event.value, event.at);
  }
}
