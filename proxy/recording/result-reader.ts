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
  readonly limit: number;
}

/** What a window holds. */
export interface RowsRead {
  /** A row that cannot be decoded is `null`. */
  readonly rows: (readonly Value[] | null)[];
  /** Where each of the rows starts. */
  readonly at: RecordingPosition[];
  /** The result set is known to have no more rows after these. */
  ended: boolean;
}

/** Reads up to `limit` rows. Throws where the file cannot be opened. */
export function readRows(file: string, of: RowWindow): RowsRead {
  const read: RowsRead = { rows: [], at: [], ended: false };
  const isFull = (): boolean => read.ended || read.rows.length >= of.limit;
  const track: PacketTrack = new PacketTrack(
    {
      packet: (bytes, start, kept, length) => {
        if (read.ended) return;
        if (endsRows(kept > 0 ? (bytes[start] as number) : -1, length)) {
          read.ended = true;
        } else if (!isFull()) {
          const decoded = decodeRow(bytes.subarray(start, start + kept), of.columns, of.binary);
          read.rows.push(decoded.ok ? decoded.value : null);
          read.at.push(track.began);
        }
      },
    },
    Number.POSITIVE_INFINITY,
  );
  const reader = new FrameReader(file, of.from.frame);
  try {
    reader.read((frame) => {
      if (frame.kind === FrameKind.close) read.ended = true;
      if (frame.kind === FrameKind.upstream) track.push(frame, frame.offset === of.from.frame ? of.from.skip : 0);
      return !isFull();
    });
  } finally {
    reader.close();
  }
  return read;
}

/** Whether a packet that starts with `first` is not a row: an ERR_Packet, an EOF_Packet, or an OK_Packet in its place. */
function endsRows(first: number, length: number): boolean {
  return first === 0xff || (first === 0xfe && length < maxPayload);
}
