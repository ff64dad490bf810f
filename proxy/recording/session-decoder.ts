/**
 * The one decoder: frames of a recording in, statements out. The timeline, the command line and exports all read
 * through it, so that they cannot disagree.
 */
import type { SessionClose, SessionOpen, StatementSecretNote } from "../model/session.ts";
import type { RecordingPosition, StatementContext } from "../model/statement.ts";
import type { Value } from "../model/value.ts";
import { has, MariaDbCapability } from "../protocol/capabilities.ts";
import { decodeName } from "../protocol/character-set.ts";
import { type ColumnDefinition, decodeColumnDefinition, undefinedColumns } from "../protocol/column-definition.ts";
import { Command } from "../protocol/command.ts";
import { Conversation } from "../protocol/conversation.ts";
import { ClientRole, ServerRole } from "../protocol/packet-role.ts";
import { decodeRow } from "../protocol/row.ts";
import type { DecoderOptions, DecoderSink } from "./decoder-sink.ts";
import { type Frame, FrameKind, type Gap, type Note, type Seal } from "./frame.ts";
import { PacketTrack } from "./packet-track.ts";
import { PreparedStatements } from "./prepared-statements.ts";
import { SessionCharacterSets } from "./session-character-sets.ts";
import { sessionCloseIn, sessionOpenIn } from "./session-frames.ts";
import { StatementDraft } from "./statement-draft.ts";
import { readStatementText } from "./statement-text.ts";

export type { DecoderOptions, DecoderSink, ResultRow } from "./decoder-sink.ts";

/** Bytes of an answer's packets that are looked at where no rows are wanted. A longer message is cut for all alike. */
const answerPrefix = 4096;

const noContext: StatementContext = { prepare: null, types: null, longData: [], columns: null };

const columnsUnknown = { ok: false, malformed: "the columns of its rows are not known" } as const;

/** Decodes one recording, frame after frame. `frame` never throws for what a recording holds. */
export class SessionDecoder {
  /** Sequence number that the next command gets. */
  nextSeq = 1;
  private readonly sink: DecoderSink;
  private readonly options: DecoderOptions;
  private session = "";
  private capabilities = 0;
  private mariaDbCapabilities = 0;
  /** Collation id that the session began with. */
  private characterSet: number | null = null;
  private characterSets = new SessionCharacterSets(null);
  private conversation: Conversation<StatementDraft> = new Conversation(0);
  private prepared: PreparedStatements;
  private client: PacketTrack;
  private server: PacketTrack;
  private frameAt = 0;
  /** Secrets that were replaced in the command whose end comes next, and where that was noted, if in front of it. */
  private redacted = 0;
  private redactedAt: RecordingPosition | null = null;
  private withinCommand = false;
  /** Secrets that were replaced in the packet to the client of the frame that begins at `at`. */
  private redactedAnswer = { at: -1, count: 0 };
  /** The one statement to decode; `null` for all. */
  private only: number | null = null;
  /** Columns of the result set that is being announced; `null` where one of them could not be decoded. */
  private collected: ColumnDefinition[] | null = null;

  constructor(sink: DecoderSink, options: DecoderOptions = { commandBytes: Number.POSITIVE_INFINITY, params: true }) {
    this.sink = sink;
    this.options = options;
    this.prepared = new PreparedStatements(0, options.params);
    this.client = this.newClientTrack();
    this.server = this.newServerTrack();
  }

  /** Takes the next frame. `skip`: leading payload bytes of a client's or upstream's frame to leave out. */
  frame(frame: Frame, skip = 0): void {
    this.frameAt = frame.at;
    const { payload } = frame;
    switch (frame.kind) {
      case FrameKind.client:
        this.client.push(frame, skip);
        return;
      case FrameKind.upstream:
        if (frame.offset !== this.redactedAnswer.at) this.redactedAnswer.count = 0;
        this.server.push(frame, skip);
        return;
      case FrameKind.open:
        this.json<unknown>(payload, (open) => this.begin(sessionOpenIn(open)));
        return;
      case FrameKind.close:
        this.finish();
        this.json<unknown>(payload, (close) => this.close(sessionCloseIn(close)));
        return;
      case FrameKind.gap:
        this.json<Gap>(payload, (gap) => {
          for (const { attachment } of this.conversation.pending) attachment.partial = true;
          this.sink.gap?.(gap, frame.at);
        });
        return;
      case FrameKind.note:
        this.json<Note>(payload, (note) => {
          if (note.kind === "redacted" && note.what === "statement-secret" && Number.isInteger(note.count))
            this.secretsReplaced(note, frame);
          this.sink.note?.(note, frame.at);
        });
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

  /**
   * Forgets half-read packets and pending commands, and keeps what was prepared: to decode statement `seq` of `context`
   * alone, with whose command the next client frame starts. Commands behind it, which may be in the same frame, are passed over.
   */
  restart(seq: number, context: StatementContext | null): void {
    this.conversation = new Conversation(this.capabilities, this.mariaDbCapabilities);
    this.client = this.newClientTrack();
    this.server = this.newServerTrack();
    const sets = context?.characterSets ?? { client: this.characterSet, results: this.characterSet };
    this.characterSets = new SessionCharacterSets(sets.client, sets.results);
    this.nextSeq = seq;
    this.only = seq;
    this.redacted = 0;
    this.redactedAt = null;
    this.withinCommand = false;
  }

  /** Whether statement `seq` has been delivered: it was sent, and is not waiting for its answer. */
  answered(seq: number): boolean {
    return this.nextSeq > seq && ![...this.conversation.pending].some(({ attachment }) => attachment.seq === seq);
  }

  private begin(open: SessionOpen | null): void {
    if (open === null || this.session !== "") {
      this.sink.malformed?.(open === null ? "its open frame does not tell what it should" : "it has a second open frame");
      return;
    }
    this.session = open.session;
    this.capabilities = open.capabilities;
    this.mariaDbCapabilities = open.mariaDbCapabilities ?? 0;
    this.characterSet = open.characterSet;
    this.characterSets = new SessionCharacterSets(open.characterSet);
    this.conversation = new Conversation(this.capabilities, this.mariaDbCapabilities);
    this.prepared = new PreparedStatements(open.capabilities, this.options.params);
    this.sink.open?.(open, this.frameAt);
  }

  private secretsReplaced({ direction, count }: StatementSecretNote, { offset, end }: Frame): void {
    if (direction === "upstream") {
      this.redactedAnswer = { at: end, count };
      return;
    }
    this.redacted += count;
    if (!this.withinCommand) this.redactedAt ??= { frame: offset, skip: 0 };
  }

  private close(close: SessionClose | null): void {
    if (close === null) this.sink.malformed?.("its close frame does not tell what it should");
    else this.sink.close?.(close, this.frameAt);
  }

  /** JSON that is none cannot come from our writer past its CRC; the bytes stay in the file. */
  private json<T>(payload: Buffer, use: (value: T) => void): void {
    let value: T;
    try {
      value = JSON.parse(payload.toString("utf8")) as T;
    } catch {
      this.sink.malformed?.("a frame that should be JSON is not");
      return;
    }
    if (typeof value === "object" && value !== null) use(value);
  }

  private newClientTrack(): PacketTrack {
    return new PacketTrack(
      {
        begin: () => {
          this.withinCommand = true;
        },
        packet: (bytes, start, kept, length) => {
          this.withinCommand = false;
          this.clientPacket(bytes.subarray(start, start + kept), length);
        },
      },
      this.options.commandBytes,
    );
  }

  private newServerTrack(): PacketTrack {
    return new PacketTrack(
      {
        begin: () => this.conversation.pending.first?.attachment.answerBegan(this.server),
        packet: (bytes, start, kept, length) => this.serverPacket(bytes, start, kept, length),
      },
      this.sink.row === undefined ? answerPrefix : Number.POSITIVE_INFINITY,
    );
  }

  private clientPacket(payload: Buffer, length: number): void {
    const head = this.conversation.pending.first;
    switch (this.conversation.client(length)) {
      case ClientRole.infileEnd:
        head?.attachment.received(length);
        this.conversation.infileEnded();
        return;
      case ClientRole.infileContent:
        head?.attachment.received(length);
        head?.attachment.receivedContent(length);
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
    if (this.only !== null && this.nextSeq > this.only) return;
    const command = payload.length > 0 ? (payload[0] as number) : Command.SLEEP;
    const draft = new StatementDraft(this.session, this.nextSeq, command, this.client.beganAt, this.redactedAt ?? this.client.began);
    this.nextSeq += 1;
    draft.redacted = this.redacted;
    this.redacted = 0;
    this.redactedAt = null;
    draft.received(length);
    draft.sentAt = this.frameAt;
    const { current } = this.characterSets;
    readStatementText(draft, payload, length, { capabilities: this.capabilities, characterSet: current.client });
    this.prepared.command(draft, payload, payload.length === length, current.client);
    if (current.client !== this.characterSet || current.results !== this.characterSet) {
      draft.context = { ...(draft.context ?? noContext), characterSets: current };
    }
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
    const head = this.conversation.pending.first;
    if (head === undefined) return;
    const draft = head.attachment;
    draft.answered(length, this.frameAt);
    draft.redacted += this.redactedAnswer.count;
    this.redactedAnswer.count = 0;
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
        if (draft.command === Command.FIELD_LIST) this.endFieldList(draft);
        return;
      case ServerRole.err:
        draft.err(payload.subarray(0, answerPrefix), this.characterSets.current.results);
        return;
      case ServerRole.prepareOk:
        this.prepared.prepareOk(draft, payload);
        this.collected = [];
        return;
      case ServerRole.columnCount:
        draft.beginResult();
        this.collected = [];
        if (this.conversation.definitionsDue === 0) this.beginWithoutDefinitions(draft, payload);
        return;
      case ServerRole.infileRequest:
        draft.infile = { name: decodeName(payload.subarray(1), this.characterSets.current.results), bytes: 0 };
        return;
      case ServerRole.statistics:
        draft.summary = payload.toString("utf8");
        return;
      case ServerRole.columnDefinition:
        if (this.sink.row !== undefined) this.collect(draft, payload);
        return;
      default:
        return;
    }
  }

  /** The server has left out the definitions of columns that the client knows, or does without. */
  private beginWithoutDefinitions(draft: StatementDraft, payload: Buffer): void {
    this.prepared.definitionsLeftOut(draft);
    if (this.sink.row === undefined) return;
    draft.columns = this.prepared.columnsFor(draft) ?? (draft.binaryRows ? null : undefinedColumns(payload));
    if (draft.columns !== null) this.sink.columns?.(draft.seq, draft.result, draft.columns);
  }

  /** The definitions of a table's columns, which COM_FIELD_LIST gets without their count, are a result without rows. */
  private endFieldList(draft: StatementDraft): void {
    draft.result = 0;
    if (this.sink.row !== undefined && this.collected !== null) this.sink.columns?.(draft.seq, 0, this.collected);
    this.collected = null;
  }

  private collect(draft: StatementDraft, payload: Buffer): void {
    const prepares = draft.command === Command.STMT_PREPARE;
    const lists = draft.command === Command.FIELD_LIST;
    if (lists) this.collected ??= [];
    if ((draft.result < 0 && !prepares && !lists) || this.collected === null) return;
    const extended = has(this.mariaDbCapabilities, MariaDbCapability.EXTENDED_METADATA);
    const decoded = decodeColumnDefinition(payload, { extended, characterSet: this.characterSets.current.results });
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      this.collected = null;
      return;
    }
    this.collected.push(decoded.value);
    if (lists || this.conversation.definitionsDue > 0) return;
    const columns = this.collected;
    this.collected = null;
    this.prepared.remember(draft, columns);
    if (prepares) return;
    draft.columns = columns;
    this.sink.columns?.(draft.seq, draft.result, columns);
  }

  private announceRow(draft: StatementDraft, payload: Buffer, binary: boolean): void {
    if (draft.result < 0) this.beginFetched(draft);
    const values = (): readonly Value[] | null => {
      const decoded = draft.columns === null ? columnsUnknown : decodeRow(payload, draft.columns, binary);
      if (decoded.ok) return decoded.value;
      draft.decodeFailed ??= decoded.malformed;
      return null;
    };
    this.sink.row?.(draft.seq, draft.result, { values, at: this.server.began, binary });
  }

  private followCharacterSets({ command, sql, state, changedCharacterSet }: StatementDraft): void {
    if (command === Command.RESET_CONNECTION || command === Command.CHANGE_USER) this.characterSets.restarted(changedCharacterSet);
    if ((command === Command.QUERY || command === Command.STMT_EXECUTE) && sql !== null) this.characterSets.succeeded(sql);
    if (state !== null) this.characterSets.reported(state);
  }

  /** Rows of a COM_STMT_FETCH have the columns that the execution announced. */
  private beginFetched(draft: StatementDraft): void {
    draft.result = 0;
    draft.columns = this.prepared.columnsFor(draft);
    if (draft.columns !== null) this.sink.columns?.(draft.seq, 0, draft.columns);
  }

  private deliver(draft: StatementDraft, outcome: "ok" | "error" | "aborted"): void {
    this.prepared.complete(draft);
    if (outcome === "ok") this.followCharacterSets(draft);
    this.sink.statement(draft.finish(outcome));
  }
}
