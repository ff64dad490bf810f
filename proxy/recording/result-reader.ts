/** Reads rows of a result set from the middle of a recording, so that a window deep in a large result costs little. */
import type { RecordingPosition } from "../model/statement.ts";
import type { Value } from "../model/value.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { maxPayload } from "../protocol/packet-writer.ts";
import { decodeRow } from "../protocol/row.ts";
import { FrameKind } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { PacketTrack } from "./packet-track.ts";

/** Rows of one result set from a position on. */
export interface RowWindow {
  readonly columns: readonly ColumnDefinition[];
  readonly binary: boolean;
  /** Where the first row's packet starts; as `ResultRow.at` gives it. */
  readonly from: RecordingPosition;
  /** Rows from there that are passed over. */
  readonly skip: number;
  readonly limit: number;
}

/** Is given each row and where it starts; a row that cannot be decoded is `null`. Stops the reading by `false`. */
export type RowVisitor = (values: readonly Value[] | null, at: RecordingPosition) => unknown;

/**
 * Reads up to `limit` rows, and holds one of them at a time. True where the result set is known to have no more rows.
 * Throws where the file cannot be opened.
 */
export function readRows(file: string, of: RowWindow, visit: RowVisitor): boolean {
  let ended = false;
  let skip = of.skip;
  let wanted = of.limit;
  const row = (payload: Buffer): void => {
    if (skip > 0) {
      skip -= 1;
      return;
    }
    if (wanted === 0) return;
    const decoded = decodeRow(payload, of.columns, of.binary);
    wanted = visit(decoded.ok ? decoded.value : null, track.began) === false ? 0 : wanted - 1;
  };
  const track: PacketTrack = new PacketTrack(
    {
      packet: (bytes, start, kept, length) => {
        if (ended) return;
        if (endsRows(kept > 0 ? (bytes[start] as number) : -1, length)) ended = true;
        else row(bytes.subarray(start, start + kept));
      },
    },
    Number.POSITIVE_INFINITY,
  );
  const reader = new FrameReader(file, of.from.frame, "transient");
  try {
    reader.read((frame) => {
      if (frame.kind === FrameKind.close) ended = true;
      if (frame.kind === FrameKind.upstream) track.push(frame, frame.offset === of.from.frame ? of.from.skip : 0);
      return !ended && wanted > 0;
    });
  } finally {
    reader.close();
  }
  return ended;
}

/** Whether a packet that starts with `first` is not a row: an ERR_Packet, an EOF_Packet, or an OK_Packet in its place. */
function endsRows(first: number, length: number): boolean {
  return first === 0xff || (first === 0xfe && length < maxPayload);
}
