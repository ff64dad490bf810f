/**
 * Follows the answer to one command of the Command phase: what each of its packets is, and where it ends. Pure.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
 */
import { Capability, has, MariaDbCapability, ServerStatus } from "./capabilities.ts";
import { Command } from "./command.ts";
import { eofStatus, isFastAuthSuccess, isTerminator, lengthEncodedAt, okStatus } from "./packet-peek.ts";
import { ServerRole } from "./packet-role.ts";

/**
 * More columns than any result has: a table has up to 4,096 in MySQL and MariaDB, and both count those of a prepared
 * statement in 16 bits.
 */
export const mostColumns = 0xffff;

/** The `#` in front of an ERR_Packet's SQLSTATE. */
const sqlStateMarker = 0x23;

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

/** The state of the answer that is coming; `begin` starts the next one. */
export class Answer {
  /** The packet before was its last. */
  ended = false;
  /** Why it cannot be followed any more; `null` while it can. */
  lost: string | null = null;
  /** The server has asked for authentication and waits for the client. */
  authenticating = false;
  private readonly deprecateEof: boolean;
  /** Whether a result set says that its column definitions are left out. */
  private readonly optionalMetadata: boolean;
  /** Whether the answer to COM_STMT_PREPARE says so too. */
  private readonly optionalPreparedMetadata: boolean;
  private state: State = states.first;
  private left = 0;
  private prepareColumns = 0;
  /**
   * The rows are a procedure's OUT parameters, and more follows. MySQL says so in the EOF_Packet before them and leaves
   * it out of the one behind them.
   */
  private outParameters = false;

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

  /** The server waits for the client's LOCAL INFILE content. */
  get awaitsContent(): boolean {
    return this.state === states.infile;
  }

  /** The content has come: the answer goes on. */
  contentEnded(): void {
    this.state = states.first;
  }

  /** What follows answers another command. */
  begin(): void {
    this.ended = false;
    this.state = states.first;
    this.outParameters = false;
    this.lost = null;
    this.authenticating = false;
  }

  /** The role of its next packet, in the answer to `command`; the rest is as for `Conversation.server`. */
  packet(command: number, bytes: Buffer, start: number, kept: number, length: number): ServerRole {
    const first = kept > 0 ? (bytes[start] as number) : -1;
    if (this.state === states.rows) return this.row(bytes, start, kept, length, first);
    if (first === 0xff) return this.error(bytes, start, kept);
    switch (this.state) {
      case states.first:
        return this.beginWith(command, bytes, start, kept, length, first);
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
    // A client can have its own error numbered like MariaDB's reports (SIGNAL … SET MYSQL_ERRNO = 65535); that one has an SQLSTATE.
    const numberedAsReport = kept >= 4 && bytes[start + 1] === 0xff && bytes[start + 2] === 0xff;
    if (numberedAsReport && bytes[start + 3] !== sqlStateMarker) return ServerRole.progress;
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

  private beginWith(command: number, bytes: Buffer, start: number, kept: number, length: number, first: number): ServerRole {
    switch (command) {
      case Command.QUERY:
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
      case Command.PROCESS_INFO:
        return this.beginResult(bytes, start, kept, length, first);
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

  private beginResult(bytes: Buffer, start: number, kept: number, length: number, first: number): ServerRole {
    if (first === 0x00) {
      this.ended = !this.moreResults(okStatus(bytes, start, kept));
      return ServerRole.ok;
    }
    // Of prepared statements too: MariaDB prepares LOAD DATA LOCAL.
    if (first === 0xfb) {
      this.state = states.infile;
      return ServerRole.infileRequest;
    }
    if (isTerminator(first, length)) {
      this.ended = !this.moreResults(eofStatus(bytes, start, kept));
      return ServerRole.eof;
    }
    const columns = lengthEncodedAt(bytes, start, start + kept);
    if (columns === null || columns.value < 1) return this.lose("a column count was due");
    if (columns.value > mostColumns) return this.lose(`a result with ${columns.value} columns was announced`);
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
