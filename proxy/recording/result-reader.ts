/** Reads rows of a result set from the middle of a recording, so that a window deep in a large result costs little. */
import type { RecordingPosition } from "../model/statement.ts";
import type { Value } from "../model/value.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { maxPayload } from "../protocol/packet-writer.ts";
import { PacketFramer } from "../protocol/packet-framer.ts";
import { decodeRow } from "../protocol/row.ts";
import { FrameKind } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";

/** Rows of one result set from a position on. */
export interface RowWindow {
  readonly columns: readonly ColumnDefinition[];
  readonly binary: boolean;
  /** Where the first row's packet starts; as `ResultRow.at` gives it. */
  readonly from: RecordingPosition;
  readonly limit: number;
}

/**
 * Reads up to `limit` rows. `at` tells where each of them starts. `ended`: the result set has no more rows after these.
 * A row that cannot be decoded is `null`.
 */
export function readRows(file: string, of: RowWindow): { rows: (readonly Value[] | null)[]; at: RecordingPosition[]; ended: boolean } {
  const rows: (readonly Value[] | null)[] = [];
  const at: RecordingPosition[] = [];
  let ended = false;
  let began: RecordingPosition = of.from;
  let openHeader: RecordingPosition | null = null;
  let here = { frame: of.from.frame, skip: of.from.skip };
  const framer = new PacketFramer(
    {
      begin: (_first, _sequenceId, offset) => {
        began = offset < 0 && openHeader !== null ? openHeader : { frame: here.frame, skip: here.skip + Math.max(offset, 0) };
      },
      packet: (bytes, start, kept, length) => {
        if (ended || rows.length >= of.limit) return;
        const first = kept > 0 ? (bytes[start] as number) : -1;
        if (first === 0xff || (first === 0xfe && length < maxPayload)) {
          ended = true;
          return;
        }
        const decoded = decodeRow(bytes.subarray(start, start + kept), of.columns, of.binary);
        rows.push(decoded.ok ? decoded.value : null);
        at.push(began);
      },
    },
    Number.POSITIVE_INFINITY,
  );
  const reader = new FrameReader(file, of.from.frame);
  try {
    reader.read((frame) => {
      if (frame.kind === FrameKind.close || frame.kind === FrameKind.seal) return false;
      if (frame.kind !== FrameKind.upstream) return true;
      here = { frame: frame.offset, skip: frame.offset === of.from.frame ? of.from.skip : 0 };
      framer.push(here.skip === 0 ? frame.payload : frame.payload.subarray(here.skip));
      const header = framer.openHeaderAt;
      if (framer.atBoundary) openHeader = null;
      else if (header >= 0) openHeader = { frame: here.frame, skip: here.skip + header };
      return !ended && rows.length < of.limit;
    });
  } finally {
    reader.close();
  }
  return { rows, at, ended };
}
