/**
 * The one decoder: frames of a recording in, statements out. The timeline, the command line and exports all read
 * through it, so that they cannot disagree.
 */
import type { SessionClose, SessionOpen } from "../model/session.ts";
import type { RecordingPosition, Statement } from "../model/statement.ts";
import type { UnixMicros, Value } from "../model/value.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { decodeColumnDefinition } from "../protocol/column-definition.ts";
import { Command } from "../protocol/command.ts";
import { ClientRole, Conversation, ServerRole } from "../protocol/conversation.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import { decodeRow } from "../protocol/row.ts";
import { type Frame, FrameKind, type Gap, type Seal } from "./frame.ts";
import { PreparedStatements } from "./prepared-statements.ts";
import { StatementDraft } from "./statement-draft.ts";

/** A row of a result set, decoded only when asked for. */
export interface ResultRow {
  /** Values in the order of the columns; `null` where the row cannot be decoded, which is then marked on the statement. */
  values(): readonly Value[] | null;
  /** Where the row's packet starts in the recording. */
  readonly at: RecordingPosition;
  /** Whether the row is of the binary protocol. */
  readonly binary: boolean;
}

/** What a reader of recordings is told. All but `statement` are optional; rows are decoded only for who asks. */
export interface DecoderSink {
  open?(open: SessionOpen, at: UnixMicros): void;
  /** A statement has its whole answer, or will get no more of it. In the order of finishing. */
  statement(statement: Statement): void;
  /** Column definitions of result set `result` (from 0) of statement `seq`. */
  columns?(seq: number, result: number, columns: readonly ColumnDefinition[]): void;
  row?(seq: number, result: number, row: ResultRow): void;
  note?(note: unknown, at: UnixMicros): void;
  gap?(gap: Gap, at: UnixMicros): void;
  close?(close: SessionClose, at: UnixMicros): void;
  seal?(seal: Seal, at: UnixMicros): void;
}

/** How much is decoded. */
export interface DecoderOptions {
  /** Bytes of a command that are kept; longer statement texts are cut and say so. */
  readonly commandBytes: number;
  /** Whether parameters are decoded. */
  readonly params: boolean;
}

const answerPrefix = 4096;

/** Decodes one recording, frame after frame. `frame` never throws for what a recording holds. */
export class SessionDecoder {
  /** Sequence number that the next command gets. */
  nextSeq = 1;
  private readonly sink: DecoderSink;
  private readonly options: DecoderOptions;
  private session = "";
  private capabilities = 0;
  private conversation: Conversation<StatementDraft> = new Conversation(0);
  private prepared: PreparedStatements;
  private clientFramer: PacketFramer;
  private serverFramer: PacketFramer;
  private clientHeader: RecordingPosition | null = null;
  private serverHeader: RecordingPosition | null = null;
  private clientBegan = { at: 0, position: { frame: 0, skip: 0 } };
  private serverBegan = { at: 0, position: { frame: 0, skip: 0 } };
  private frameOffset = 0;
  private frameSkip = 0;
  private frameAt = 0;
  private collected: ColumnDefinition[] = [];
  private columnsDue = 0;

  constructor(sink: DecoderSink, options: DecoderOptions = { commandBytes: Number.POSITIVE_INFINITY, params: true }) {
    this.sink = sink;
    this.options = options;
    this.prepared = new PreparedStatements(0, null, options.params);
    this.clientFramer = this.newClientFramer();
    this.serverFramer = this.newServerFramer();
  }

  /** Takes the next frame. `skip`: leading payload bytes to leave out. */
  frame(frame: Frame, skip = 0): void {
    this.frameOffset = frame.offset;
    this.frameSkip = skip;
    this.frameAt = frame.at;
    const payload = skip === 0 ? frame.payload : frame.payload.subarray(skip);
    switch (frame.kind) {
      case FrameKind.client:
        this.clientFramer.push(payload);
        this.clientHeader = this.openHeader(this.clientFramer, this.clientHeader);
        return;
      case FrameKind.upstream:
        this.serverFramer.push(payload);
        this.serverHeader = this.openHeader(this.serverFramer, this.serverHeader);
        return;
      case FrameKind.open:
        this.json<SessionOpen>(payload, (open) => this.begin(open));
        return;
      case FrameKind.close:
        this.finish();
        this.json<SessionClose>(payload, (close) => this.sink.close?.(close, frame.at));
        return;
      case FrameKind.gap:
        this.json<Gap>(payload, (gap) => {
          for (const { attachment } of this.conversation.pending) attachment.partial = true;
          this.sink.gap?.(gap, frame.at);
        });
        return;
      case FrameKind.note:
        this.json<unknown>(payload, (note) => this.sink.note?.(note, frame.at));
        return;
      case FrameKind.seal:
        this.json<Seal>(payload, (seal) => this.sink.seal?.(seal, frame.at));
        return;
    }
  }

  /** No more frames will come: what is not answered yet is aborted. */
  finish(): void {
    for (let pending = this.conversation.finish(); pending !== undefined; pending = this.conversation.finish()) {
      this.deliver(pending.attachment, "aborted");
    }
  }

  /** Forgets half-read packets and pending commands, and keeps what was prepared: to decode one statement alone. */
  restart(nextSeq: number): void {
    while (this.conversation.finish() !== undefined);
    this.conversation = new Conversation(this.capabilities);
    this.clientFramer = this.newClientFramer();
    this.serverFramer = this.newServerFramer();
    this.clientHeader = null;
    this.serverHeader = null;
    this.nextSeq = nextSeq;
  }

  /** Whether statement `seq` has been delivered: it was sent, and is not waiting for its answer. */
  answered(seq: number): boolean {
    return this.nextSeq > seq && !this.conversation.pending.some(({ attachment }) => attachment.seq === seq);
  }

  private begin(open: SessionOpen): void {
    this.session = open.session;
    this.capabilities = open.capabilities;
    this.conversation = new Conversation(open.capabilities);
    this.prepared = new PreparedStatements(open.capabilities, open.characterSet, this.options.params);
    this.sink.open?.(open, this.frameAt);
  }

  /** JSON that does not parse cannot come from our writer past its CRC; it is passed over, the bytes stay in the file. */
  private json<T>(payload: Buffer, use: (value: T) => void): void {
    let value: T;
    try {
      value = JSON.parse(payload.toString("utf8")) as T;
    } catch {
      return;
    }
    use(value);
  }

  private openHeader(framer: PacketFramer, earlier: RecordingPosition | null): RecordingPosition | null {
    if (framer.atBoundary) return null;
    const at = framer.openHeaderAt;
    return at >= 0 ? { frame: this.frameOffset, skip: this.frameSkip + at } : earlier;
  }

  private position(chunkOffset: number, earlier: RecordingPosition | null): RecordingPosition {
    return chunkOffset < 0 && earlier !== null ? earlier : { frame: this.frameOffset, skip: this.frameSkip + Math.max(chunkOffset, 0) };
  }

  private newClientFramer(): PacketFramer {
    const sink = {
      begin: (_first: number, _sequenceId: number, chunkOffset: number) => {
        this.clientBegan = { at: this.frameAt, position: this.position(chunkOffset, this.clientHeader) };
      },
      packet: (bytes: Buffer, start: number, kept: number, length: number) =>
        this.clientPacket(bytes.subarray(start, start + kept), length),
    };
    return new PacketFramer(sink, this.options.commandBytes);
  }

  private newServerFramer(): PacketFramer {
    const keep = this.sink.row === undefined ? answerPrefix : Number.POSITIVE_INFINITY;
    const sink = {
      begin: (_first: number, _sequenceId: number, chunkOffset: number) => {
        this.serverBegan = { at: this.frameAt, position: this.position(chunkOffset, this.serverHeader) };
        const head = this.conversation.pending[0];
        if (head !== undefined) head.attachment.answerBegan(this.frameAt, this.serverBegan.position);
      },
      packet: (bytes: Buffer, start: number, kept: number, length: number) => this.serverPacket(bytes, start, kept, length),
    };
    return new PacketFramer(sink, keep);
  }

  private clientPacket(payload: Buffer, length: number): void {
    const head = this.conversation.pending[0];
    switch (this.conversation.client(length)) {
      case ClientRole.infileEnd:
        head?.attachment.received(length);
        this.conversation.infileEnded();
        return;
      case ClientRole.infileContent:
        head?.attachment.received(length);
        return;
      case ClientRole.authentication:
        head?.attachment.received(length);
        this.conversation.authenticationAnswered();
        return;
      case ClientRole.command:
        this.command(payload, length);
    }
  }

  private command(payload: Buffer, length: number): void {
    if (this.conversation.lost !== null) this.giveUpLost();
    const command = payload.length > 0 ? (payload[0] as number) : Command.SLEEP;
    const draft = new StatementDraft(this.session, this.nextSeq, command, this.clientBegan.at, this.clientBegan.position);
    this.nextSeq += 1;
    draft.received(length);
    draft.sentAt = this.frameAt;
    this.prepared.command(draft, payload, length);
    if (!this.conversation.command(command, draft)) this.deliver(draft, "ok");
  }

  /** After an answer that could not be followed, the next command shows that the client saw its end. */
  private giveUpLost(): void {
    const why = this.conversation.lost;
    for (let pending = this.conversation.finish(); pending !== undefined; pending = this.conversation.finish()) {
      pending.attachment.decodeFailed = why;
      this.deliver(pending.attachment, "ok");
    }
  }

  private serverPacket(bytes: Buffer, start: number, kept: number, length: number): void {
    const role = this.conversation.server(bytes, start, kept, length);
    const head = this.conversation.pending[0];
    if (head === undefined) return;
    const draft = head.attachment;
    draft.answered(length, this.frameAt);
    if (role === ServerRole.row) {
      draft.addRow();
      if (this.sink.row !== undefined) this.announceRow(draft, bytes.subarray(start, start + kept), draft.binaryRows);
    } else {
      this.apply(draft, role, bytes.subarray(start, start + kept));
    }
    if (this.conversation.lost !== null) draft.decodeFailed = this.conversation.lost;
    if (this.conversation.ended) {
      this.conversation.finish();
      this.deliver(draft, draft.errno === null ? "ok" : "error");
    }
  }

  private apply(draft: StatementDraft, role: ServerRole, payload: Buffer): void {
    switch (role) {
      case ServerRole.ok:
        draft.ok(payload, this.capabilities);
        return;
      case ServerRole.eof:
        draft.eof(payload, this.capabilities);
        return;
      case ServerRole.err:
        draft.err(payload);
        return;
      case ServerRole.prepareOk:
        this.prepared.prepareOk(draft, payload);
        return;
      case ServerRole.columnCount:
        draft.beginResult();
        this.collected = [];
        this.columnsDue = columnCount(payload);
        return;
      case ServerRole.columnDefinition:
        if (this.sink.row !== undefined) this.collect(draft, payload);
        return;
      default:
        return;
    }
  }

  private collect(draft: StatementDraft, payload: Buffer): void {
    if (draft.result < 0) return;
    const decoded = decodeColumnDefinition(payload);
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      return;
    }
    this.collected.push(decoded.value);
    if (this.collected.length < this.columnsDue) return;
    draft.columns = this.collected;
    this.prepared.remember(draft, this.collected);
    this.sink.columns?.(draft.seq, draft.result, this.collected);
  }

  private announceRow(draft: StatementDraft, payload: Buffer, binary: boolean): void {
    const columns = draft.columns ?? this.fetchedColumns(draft);
    const values = (): readonly Value[] | null => {
      const decoded = decodeRow(payload, columns, binary);
      if (decoded.ok) return decoded.value;
      draft.decodeFailed = decoded.malformed;
      return null;
    };
    this.sink.row?.(draft.seq, draft.result, { values, at: this.serverBegan.position, binary });
  }

  /** Rows of a COM_STMT_FETCH have the columns that the execution announced. */
  private fetchedColumns(draft: StatementDraft): readonly ColumnDefinition[] {
    draft.result = 0;
    draft.columns = this.prepared.columnsFor(draft);
    this.sink.columns?.(draft.seq, 0, draft.columns);
    return draft.columns;
  }

  private deliver(draft: StatementDraft, outcome: "ok" | "error" | "aborted"): void {
    this.prepared.complete(draft);
    this.sink.statement(draft.finish(outcome));
  }
}

function columnCount(payload: Buffer): number {
  const first = payload[0] ?? 0;
  if (first < 0xfb) return first;
  return first === 0xfc && payload.length >= 3 ? payload.readUInt16LE(1) : payload.length >= 4 ? payload.readUIntLE(1, 3) : 0;
}
