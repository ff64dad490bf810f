import type { UnixMicros, Value } from "./value.ts";

/**
 * `ok` and `error` are the upstream's answers; `aborted`: the session ended before the answer did; `denied`: policy
 * refused it and nothing reached the upstream.
 */
export type Outcome = "ok" | "error" | "aborted" | "denied";

/** Where packets of a statement begin in a recording: byte offset of a frame in the file, and bytes of its payload to skip. */
export interface RecordingPosition {
  readonly frame: number;
  readonly skip: number;
}

/**
 * What must be read besides a statement's own frames to decode it alone, as sequence numbers in the same session:
 * the COM_STMT_PREPARE it executes, the COM_STMT_EXECUTE that last sent parameter types, the COM_STMT_SEND_LONG_DATAs
 * whose data it uses, and the statement that gave the columns of a COM_STMT_FETCH, or of an execution whose answer left them out.
 */
export interface StatementContext {
  readonly prepare: number | null;
  readonly types: number | null;
  readonly longData: readonly number[];
  readonly columns: number | null;
  /** The session's character sets where they are not those that it began with; absent where they are. */
  readonly characterSets?: CharacterSets;
  /** The account that it ran on where it is not the one that the session began with; absent where it is. */
  readonly account?: string | null;
}

/** Collation ids of the character sets of what a client sends and of the names and messages that it gets; `null` where not known. */
export interface CharacterSets {
  readonly client: number | null;
  readonly results: number | null;
}

/** What the server said of the session's state behind a statement; `null` for what it did not say. */
export interface SessionStateChange {
  readonly schema: string | null;
  /** System variables by name. */
  readonly variables: { readonly [name: string]: string };
  readonly gtid: string | null;
}

/** A local file whose content a client sent for LOAD DATA LOCAL INFILE. */
export interface LocalInfile {
  readonly name: string;
  readonly bytes: number;
}

/** One parameter of COM_STMT_EXECUTE, or one query attribute. `type` is the protocol's name, e.g. `MYSQL_TYPE_LONGLONG`. */
export interface Parameter {
  readonly name: string | null;
  readonly type: string;
  readonly unsigned: boolean;
  readonly value: Value;
  /** Sent in place of a value by MariaDB's bulk execution: the column's default, or nothing to be written at all. */
  readonly indicator?: "default" | "ignore";
}

/** Column of a result set, from ColumnDefinition41. */
export interface Column {
  readonly name: string;
  readonly orgName: string;
  readonly table: string;
  readonly orgTable: string;
  readonly schema: string;
  /** SQL's word for the type, e.g. `BIGINT`, `VARCHAR`, `DATETIME`. */
  readonly type: string;
  readonly unsigned: boolean;
  /** The protocol's collation id; 63 is binary. */
  readonly characterSet: number;
  /** Column length of the definition, in bytes. */
  readonly length: number;
  readonly decimals: number;
  readonly flags: number;
}

/** A statement as decoded from its recording, without its rows. */
export interface Statement {
  readonly session: string;
  /** 1 for the first command of the session. */
  readonly seq: number;
  /** When the command's first byte was recorded. */
  readonly at: UnixMicros;
  /** The protocol's name, e.g. `COM_QUERY`; `COM_UNKNOWN_0xNN` for a byte without a name. */
  readonly command: string;
  /** The account on the upstream that it ran on; `null` for the anonymous one. A change of user runs on the one before it. */
  readonly account: string | null;
  /** Text of the statement; for a prepared one the text that was prepared; `null` where the command has none. */
  readonly sql: string | null;
  /** A few words for a command without text: what it names or asks for, or what it was told; `null` where its name says it all. */
  readonly summary: string | null;
  /** The file that the server asked for; `null` where it asked for none. */
  readonly infile: LocalInfile | null;
  /** What the last OK_Packet said of the session's state; `null` where it said nothing. */
  readonly state: SessionStateChange | null;
  /** Full length in bytes of a text that was cut because the reader asked for no more; `null` where it is whole. */
  readonly sqlCutFrom: number | null;
  /** Parameters of COM_STMT_EXECUTE in order; `null` for other commands. */
  readonly params: readonly Parameter[] | null;
  /** The parameters of each execution of a COM_STMT_BULK_EXECUTE in order; `null` for other commands. */
  readonly paramSets: readonly (readonly Parameter[])[] | null;
  /** Query attributes sent along; claimed, never proven. */
  readonly attributes: readonly Parameter[];
  readonly outcome: Outcome;
  /** Rows returned by all result sets together; `null` where there was none. */
  readonly rows: number | null;
  /** Rows affected by all OK_Packets together; `null` where there was none. */
  readonly affected: number | null;
  /** Last non-zero insert id, as text (64 bits unsigned). */
  readonly insertId: string | null;
  readonly warnings: number;
  readonly errno: number | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
  /** From the command's last byte to the answer's last; `null` where no answer was due or none came. */
  readonly durationUs: number | null;
  /** From the command's last byte to the answer's first. */
  readonly firstByteUs: number | null;
  /** Bytes of packets, headers included, from the client. */
  readonly bytesIn: number;
  /** Bytes of packets, headers included, to the client. */
  readonly bytesOut: number;
  /** True where something of it is not in the recording (a capture limit, a gap). */
  readonly partial: boolean;
  /** How many secrets were sent with it, or quoted in its answer, and are replaced in the recording. */
  readonly redacted: number;
  /** Why it could not be decoded in full though it was recorded; `null` where it was. */
  readonly decodeFailed: string | null;
  readonly commandAt: RecordingPosition;
  /** `null` where no answer began. */
  readonly answerAt: RecordingPosition | null;
  readonly context: StatementContext | null;
}
