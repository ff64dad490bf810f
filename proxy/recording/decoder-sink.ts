/** What a reader of recordings is told, and how much it wants decoded. */
import type { SessionClose, SessionOpen } from "../model/session.ts";
import type { RecordingPosition, Statement } from "../model/statement.ts";
import type { UnixMicros, Value } from "../model/value.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import type { Gap, Seal } from "./frame.ts";

/** A row of a result set, decoded only when asked for. */
export interface ResultRow {
  /**
   * Values in the order of the columns; `null` where the row cannot be decoded, which is then marked on the statement.
   * To be called only while the row is being announced.
   */
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
  /** What policy said of a statement, as its frame has it. */
  decision?(decision: unknown, at: UnixMicros): void;
  gap?(gap: Gap, at: UnixMicros): void;
  close?(close: SessionClose, at: UnixMicros): void;
  seal?(seal: Seal, at: UnixMicros): void;
  /** A frame is whole but not one that a recorder writes, for this `reason`; it is passed over. */
  malformed?(reason: string): void;
}

/** How much is decoded. */
export interface DecoderOptions {
  /** Bytes of a command that are kept; longer statement texts are cut and say so. */
  readonly commandBytes: number;
  /** Whether parameters are decoded; query attributes always are. */
  readonly params: boolean;
  /** Bytes that are kept of the values that are sent ahead for one execution; of longer ones its parameters are not decoded. Without it all are kept. */
  readonly longBytes?: number;
  /** Bytes of a row that are kept; a longer one counts as one that cannot be decoded. Without it all rows are kept whole. */
  readonly rowBytes?: number;
}
