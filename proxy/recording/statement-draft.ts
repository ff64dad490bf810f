/** A statement while its packets are being decoded. */
import type {
  LocalInfile,
  Outcome,
  Parameter,
  RecordingPosition,
  SessionStateChange,
  Statement,
  StatementContext,
} from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import { Capability, has } from "../protocol/capabilities.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { Command, commandName } from "../protocol/command.ts";
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { decodeOkPacket } from "../protocol/ok-packet.ts";
import { maxPayload } from "../protocol/packet-writer.ts";
import { decodeSessionState } from "../protocol/session-state.ts";
import type { PacketTrack } from "./packet-track.ts";

const wireBytes = (length: number): number => length + 4 * (Math.floor(length / maxPayload) + 1);

/** Collects what is learned of one statement; `finish` gives the result. */
export class StatementDraft {
  readonly session: string;
  readonly seq: number;
  readonly command: number;
  readonly at: UnixMicros;
  readonly commandAt: RecordingPosition;
  /** When the command's last byte came. */
  sentAt: UnixMicros;
  sql: string | null = null;
  sqlCutFrom: number | null = null;
  summary: string | null = null;
  infile: LocalInfile | null = null;
  state: SessionStateChange | null = null;
  /** Collation id that a COM_CHANGE_USER asked for. */
  changedCharacterSet: number | null = null;
  params: readonly Parameter[] | null = null;
  paramSets: readonly (readonly Parameter[])[] | null = null;
  attributes: readonly Parameter[] = [];
  context: StatementContext | null = null;
  /** The account that it ran on. */
  account: string | null = null;
  partial = false;
  redacted = 0;
  decodeFailed: string | null = null;
  errno: number | null = null;
  /** Index of the result set being received; -1 before the first. */
  result = -1;
  /** Columns of that result set, where they were asked for. */
  columns: readonly ColumnDefinition[] | null = null;
  private sqlstate: string | null = null;
  private message: string | null = null;
  private rows: number | null = null;
  private affected: number | null = null;
  private insertId: string | null = null;
  private warnings = 0;
  private answerAt: RecordingPosition | null = null;
  private firstByteAt: UnixMicros | null = null;
  private lastByteAt: UnixMicros | null = null;
  bytesIn = 0;
  private bytesOut = 0;

  constructor(session: string, seq: number, command: number, at: UnixMicros, commandAt: RecordingPosition) {
    this.session = session;
    this.seq = seq;
    this.command = command;
    this.at = at;
    this.sentAt = at;
    this.commandAt = commandAt;
  }

  /** Whether its rows are of the binary protocol. */
  get binaryRows(): boolean {
    return this.command === Command.STMT_EXECUTE || this.command === Command.STMT_FETCH || this.command === Command.STMT_BULK_EXECUTE;
  }

  /** A packet of `length` payload bytes came from the client. */
  received(length: number): void {
    this.bytesIn += wireBytes(length);
  }

  /** A packet of the answer began; the first one is where the answer begins. */
  answerBegan({ began, beganAt }: PacketTrack): void {
    if (this.answerAt !== null) return;
    this.answerAt = began;
    this.firstByteAt = beganAt;
  }

  /** A packet of `length` payload bytes went to the client. */
  answered(length: number, at: UnixMicros): void {
    this.bytesOut += wireBytes(length);
    this.lastByteAt = at;
  }

  beginResult(): void {
    this.result += 1;
    this.columns = null;
    this.rows ??= 0;
  }

  addRow(): void {
    this.rows = (this.rows ?? 0) + 1;
  }

  /** Bytes of the local file came from the client. */
  receivedContent(bytes: number): void {
    if (this.infile !== null) this.infile = { ...this.infile, bytes: this.infile.bytes + bytes };
  }

  /** `payload` may be cut behind its first fields. */
  ok(payload: Buffer, capabilities: number): void {
    const decoded = decodeOkPacket(payload);
    if (!decoded.ok) {
      this.decodeFailed = decoded.malformed;
      return;
    }
    const { affectedRows, lastInsertId, warnings } = decoded.value;
    this.readState(payload, capabilities);
    this.affected = (this.affected ?? 0) + Number(affectedRows);
    if (lastInsertId !== 0n) this.insertId = String(lastInsertId);
    this.warnings = warnings;
  }

  /** The end of a result set: an EOF_Packet, or the OK_Packet in its place, whose affected rows mean nothing. */
  eof(payload: Buffer, capabilities: number): void {
    if (this.command === Command.STMT_FETCH) this.rows ??= 0;
    if (has(capabilities, Capability.DEPRECATE_EOF) && payload.length > 5) {
      const decoded = decodeOkPacket(payload);
      if (decoded.ok) this.warnings = decoded.value.warnings;
      else this.decodeFailed = decoded.malformed;
      this.readState(payload, capabilities);
    } else if (payload.length >= 3) {
      this.warnings = payload.readUInt16LE(1);
    }
  }

  private readState(payload: Buffer, capabilities: number): void {
    const state = decodeSessionState(payload, capabilities);
    if (state.ok && state.value !== null) this.state = state.value;
  }

  /** `characterSet`: collation id of the message; `null` where it is not known. */
  err(payload: Buffer, characterSet: number | null): void {
    const decoded = decodeErrPacket(payload, characterSet);
    if (!decoded.ok) {
      this.errno = 0;
      this.decodeFailed = decoded.malformed;
      return;
    }
    this.errno = decoded.value.errno;
    this.sqlstate = decoded.value.sqlstate;
    this.message = decoded.value.message;
  }

  finish(outcome: Outcome): Statement {
    return {
      session: this.session,
      seq: this.seq,
      at: this.at,
      command: commandName(this.command),
      account: this.account,
      sql: this.sql,
      sqlCutFrom: this.sqlCutFrom,
      summary: this.summary,
      infile: this.infile,
      state: this.state,
      params: this.params,
      paramSets: this.paramSets,
      attributes: this.attributes,
      outcome,
      rows: this.rows,
      affected: this.affected,
      insertId: this.insertId,
      warnings: this.warnings,
      errno: this.errno,
      sqlstate: this.sqlstate,
      message: this.message,
      durationUs: outcome === "aborted" || this.lastByteAt === null ? null : Math.max(0, this.lastByteAt - this.sentAt),
      firstByteUs: this.firstByteAt === null ? null : Math.max(0, this.firstByteAt - this.sentAt),
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      partial: this.partial,
      redacted: this.redacted,
      decodeFailed: this.decodeFailed,
      commandAt: this.commandAt,
      answerAt: this.answerAt,
      context: this.context,
    };
  }
}
