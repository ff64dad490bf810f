/**
 * Follows the Command phase of one connection: which command is being answered, what each packet of the answer is, and
 * where the answer ends. Pure: packets in, roles out.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
 *
 * It looks at no more than the first `conversationPrefix` bytes of a payload, so that the relay can follow large
 * results without assembling them. Commands that are pipelined are answered in order.
 */
import { Capability, has, MariaDbCapability, ServerStatus } from "./capabilities.ts";
import { Command } from "./command.ts";
import { Fifo } from "./fifo.ts";
import { ClientRole, ServerRole } from "./packet-role.ts";
import { maxPayload } from "./packet-writer.ts";

/** Bytes of a payload that `Conversation` needs to see. */
export const conversationPrefix = 32;

/** A command that is not answered in full yet. */
export interface Pending<T> {
  readonly command: number;
  readonly attachment: T;
}

const states = {
  first: 0,
  columns: 1,
  columnsEof: 2,
  rows: 3,
  infile: 4,
  parameters: 5,
  parametersEof: 6,
  prepareColumns: 7,
  prepareColumnsEof: 8,
} as const;
type State = (typeof states)[keyof typeof states];

const unanswered: ReadonlySet<number> = new Set([Command.QUIT, Command.STMT_SEND_LONG_DATA, Command.STMT_CLOSE]);

/**
 * The state of one connection's Command phase. `T` is what the caller attaches to each command to find it again when
 * it is answered.
 */
export class Conversation<T> {
  /** Commands in the order in which they will be answered. */
  readonly pending = new Fifo<Pending<T>>();
  /** True after `server` where that packet was the last of the first pending command's answer. The caller then calls `finish`. */
  ended = false;
  /** Why the answer cannot be followed any more; `null` while it can. It is followed again from the next command on. */
  lost: string | null = null;
  private readonly deprecateEof: boolean;
  /** Whether a result set says that its column definitions are left out. */
  private readonly optionalMetadata: boolean;
  /** Whether the answer to COM_STMT_PREPARE says so too. */
  private readonly optionalPreparedMetadata: boolean;
  private state: State = states.first;
  private left = 0;
  private prepareColumns = 0;
  /** The server has refused a LOCAL INFILE content that the client, which does not look up, sends to its end. */
  private refusedContent = false;
  /**
   * The rows are a procedure's OUT parameters, and more follows. MySQL says so in the EOF_Packet before them and leaves
   * it out of the one behind them.
   */
  private outParameters = false;
  /** The server has asked for authentication and waits for the client. */
  private authenticating = false;

  /** `capabilities`, `mariaDbCapabilities`: the flags in force on this connection. */
  constructor(capabilities: number, mariaDbCapabilities = 0) {
    this.optionalMetadata =
      has(capabilities, Capability.OPTIONAL_RESULTSET_METADATA) || has(mariaDbCapabilities, MariaDbCapability.CACHE_METADATA);
    this.optionalPreparedMetadata = has(capabilities, Capability.OPTIONAL_RESULTSET_METADATA);
    this.deprecateEof = has(capabilities, Capability.DEPRECATE_EOF);
  }

  /** Definitions of columns or parameters that are still to come before what follows them. */
  get definitionsDue(): number {
    return this.left;
  }

  /** The role of the next packet from the client, which is `length` bytes long. Does not change what is pending: see `command`. */
  client(length: number): ClientRole {
    const head = this.pending.first;
    if (this.refusedContent || (this.state === states.infile && this.lost === null))
      return length === 0 ? ClientRole.infileEnd : ClientRole.infileContent;
    return this.authenticating && head !== undefined ? ClientRole.authentication : ClientRole.command;
  }

  /** The client has sent `command`. Returns false where it gets no answer, and so is never pending. */
  command(command: number, attachment: T): boolean {
    if (unanswered.has(command)) return false;
    this.pending.push({ command, attachment });
    return true;
  }

  /** The client has answered what the server asked to authenticate. */
  authenticationAnswered(): void {
    this.authenticating = false;
  }

  /** The client has ended its LOCAL INFILE content: the answer goes on, unless it is there already. */
  infileEnded(): void {
    if (!this.refusedContent) this.state = states.first;
    this.refusedContent = false;
  }

  /** Removes the first pending command, whose answer has ended or will not come. */
  finish(): Pending<T> | undefined {
    this.ended = false;
    this.state = states.first;
    this.outParameters = false;
    this.lost = null;
    this.authenticating = false;
    return this.pending.shift();
  }

  /**
   * The role of the next packet to the client. `bytes` holds its first `kept` payload bytes from `start`; `length` is
   * the whole payload's.
   */
  server(bytes: Buffer, start: number, kept: number, length: number): ServerRole {
    const head = this.pending.first;
    if (head === undefined) return ServerRole.unsolicited;
    if (this.lost !== null) return ServerRole.unknown;
    const first = kept > 0 ? (bytes[start] as number) : -1;
    if (this.state === states.rows) return this.row(bytes, start, kept, length, first);
    if (first === 0xff) return this.error(bytes, start, kept);
    switch (this.state) {
      case states.first:
        return this.begin(head.command, bytes, start, kept, length, first);
      case states.columns:
        this.left -= 1;
        if (this.left === 0) this.state = this.deprecateEof ? states.rows : states.columnsEof;
        return ServerRole.columnDefinition;
      case states.columnsEof:
        if (!isTerminator(first, length)) return this.lose("an EOF_Packet was due behind the column definitions");
        this.beginRows(eofStatus(bytes, start, kept));
        return ServerRole.eof;
      case states.parameters:
        this.left -= 1;
        if (this.left === 0) {
          if (this.deprecateEof) this.afterParameters();
          else this.state = states.parametersEof;
        }
        return ServerRole.parameterDefinition;
      case states.parametersEof:
        if (!isTerminator(first, length)) return this.lose("an EOF_Packet was due behind the parameter definitions");
        this.afterParameters();
        return ServerRole.eof;
      case states.prepareColumns:
        this.left -= 1;
        if (this.left === 0) {
          if (this.deprecateEof) this.ended = true;
          else this.state = states.prepareColumnsEof;
        }
        return ServerRole.columnDefinition;
      case states.prepareColumnsEof:
        if (!isTerminator(first, length)) return this.lose("an EOF_Packet was due behind the column definitions");
        this.ended = true;
        return ServerRole.eof;
      case states.infile:
        return this.lose("the server spoke before the LOCAL INFILE content ended");
    }
  }

  private lose(why: string): ServerRole {
    this.lost = why;
    return ServerRole.unknown;
  }

  private error(bytes: Buffer, start: number, kept: number): ServerRole {
    if (kept >= 3 && bytes[start + 1] === 0xff && bytes[start + 2] === 0xff) return ServerRole.progress;
    this.refusedContent = this.state === states.infile;
    this.ended = true;
    return ServerRole.err;
  }

  private row(bytes: Buffer, start: number, kept: number, length: number, first: number): ServerRole {
    if (first === 0xff) return this.error(bytes, start, kept);
    if (!isTerminator(first, length)) return ServerRole.row;
    const status = this.deprecateEof && length > 5 ? okStatus(bytes, start, kept) : eofStatus(bytes, start, kept);
    this.state = states.first;
    this.ended = !this.outParameters && !this.moreResults(status);
    this.outParameters = false;
    return ServerRole.eof;
  }

  private beginRows(status: number): void {
    this.state = states.rows;
    this.outParameters = has(status, ServerStatus.PS_OUT_PARAMS) && this.moreResults(status);
    this.ended = has(status, ServerStatus.CURSOR_EXISTS);
  }

  private moreResults(status: number): boolean {
    return has(status, ServerStatus.MORE_RESULTS_EXISTS);
  }

  private begin(command: number, bytes: Buffer, start: number, kept: number, length: number, first: number): ServerRole {
    switch (command) {
      case Command.QUERY:
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
      case Command.PROCESS_INFO:
        return this.beginResult(command, bytes, start, kept, length, first);
      case Command.STMT_PREPARE:
        return this.beginPrepare(bytes, start, kept, first);
      case Command.STMT_FETCH:
        return this.row(bytes, start, kept, length, first);
      case Command.FIELD_LIST:
        if (!isTerminator(first, length)) return ServerRole.columnDefinition;
        this.ended = true;
        return ServerRole.eof;
      case Command.STATISTICS:
        this.ended = true;
        return ServerRole.statistics;
      case Command.CHANGE_USER:
        this.ended = first === 0x00;
        this.authenticating = !this.ended && !isFastAuthSuccess(bytes, start, kept);
        return first === 0x00 ? ServerRole.ok : ServerRole.authentication;
      case Command.BINLOG_DUMP:
      case Command.BINLOG_DUMP_GTID:
      case Command.TABLE_DUMP:
        if (!isTerminator(first, length) || length >= 9) return ServerRole.streamed;
        this.ended = true;
        return ServerRole.eof;
      case Command.CLONE:
      case Command.SUBSCRIBE_GROUP_REPLICATION_STREAM:
        return ServerRole.streamed;
      default:
        this.ended = true;
        return first === 0x00 ? ServerRole.ok : isTerminator(first, length) ? ServerRole.eof : ServerRole.unknown;
    }
  }

  private beginResult(command: number, bytes: Buffer, start: number, kept: number, length: number, first: number): ServerRole {
    if (first === 0x00) {
      this.ended = !this.moreResults(okStatus(bytes, start, kept));
      return ServerRole.ok;
    }
    if (first === 0xfb && command === Command.QUERY) {
      this.state = states.infile;
      return ServerRole.infileRequest;
    }
    if (isTerminator(first, length)) {
      this.ended = !this.moreResults(eofStatus(bytes, start, kept));
      return ServerRole.eof;
    }
    const columns = lengthEncodedAt(bytes, start, start + kept);
    if (columns === null || columns.value < 1) return this.lose("a column count was due");
    const omitted = this.optionalMetadata && columns.next < start + kept && bytes[columns.next] === 0;
    this.left = omitted ? 0 : columns.value;
    this.state = !omitted ? states.columns : this.deprecateEof ? states.rows : states.columnsEof;
    return ServerRole.columnCount;
  }

  private beginPrepare(bytes: Buffer, start: number, kept: number, first: number): ServerRole {
    if (first !== 0x00 || kept < 9) return this.lose("a COM_STMT_PREPARE_OK was due");
    const omitted = this.optionalPreparedMetadata && kept >= 13 && bytes[start + 12] === 0;
    this.prepareColumns = omitted ? 0 : bytes.readUInt16LE(start + 5);
    this.left = omitted ? 0 : bytes.readUInt16LE(start + 7);
    if (this.left > 0) this.state = states.parameters;
    else this.afterParameters();
    return ServerRole.prepareOk;
  }

  private afterParameters(): void {
    this.left = this.prepareColumns;
    if (this.left > 0) this.state = states.prepareColumns;
    else this.ended = true;
  }
}

/** AuthMoreData of caching_sha2_password that says an OK_Packet follows: the client sends nothing. */
function isFastAuthSuccess(bytes: Buffer, start: number, kept: number): boolean {
  return kept === 2 && bytes[start] === 0x01 && bytes[start + 1] === 0x03;
}

/** EOF_Packet, or an OK_Packet in its place: 0xFE starts a row only where its first value is longer than a packet. */
function isTerminator(first: number, length: number): boolean {
  return first === 0xfe && length < maxPayload;
}

function lengthEncodedAt(bytes: Buffer, at: number, end: number): { value: number; next: number } | null {
  if (at >= end) return null;
  const first = bytes[at] as number;
  if (first < 0xfb) return { value: first, next: at + 1 };
  if (first === 0xfc && at + 3 <= end) return { value: bytes.readUInt16LE(at + 1), next: at + 3 };
  if (first === 0xfd && at + 4 <= end) return { value: bytes.readUIntLE(at + 1, 3), next: at + 4 };
  if (first === 0xfe && at + 9 <= end) return { value: Number(bytes.readBigUInt64LE(at + 1)), next: at + 9 };
  return null;
}

function eofStatus(bytes: Buffer, start: number, kept: number): number {
  return kept >= 5 ? bytes.readUInt16LE(start + 3) : 0;
}

function okStatus(bytes: Buffer, start: number, kept: number): number {
  const end = start + kept;
  const affected = lengthEncodedAt(bytes, start + 1, end);
  const insertId = affected === null ? null : lengthEncodedAt(bytes, affected.next, end);
  return insertId !== null && insertId.next + 2 <= end ? bytes.readUInt16LE(insertId.next) : 0;
}
