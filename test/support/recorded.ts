/** What recordings hold, read by the program's own decoder. */
import type { SessionClose, SessionOpen } from "../../proxy/model/session.ts";
import type { Statement } from "../../proxy/model/statement.ts";
import type { Value } from "../../proxy/model/value.ts";
import { FrameKind, type Gap, type Seal } from "../../proxy/recording/frame.ts";
import { FrameReader, type ReadEnd } from "../../proxy/recording/frame-reader.ts";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { readRecording } from "../../proxy/recording/recording-pass.ts";

export interface RecordedStatement extends Statement {
  /** Rows of each result set. */
  readonly results: readonly (readonly (readonly Value[] | null)[])[];
}

export interface RecordedSession {
  readonly path: string;
  readonly open: SessionOpen | null;
  readonly statements: readonly RecordedStatement[];
  readonly gaps: readonly Gap[];
  readonly notes: readonly unknown[];
  readonly close: SessionClose | null;
  readonly seal: Seal | null;
  readonly end: ReadEnd;
}

/** All sessions recorded in a data directory, oldest first. */
export function recordedSessions(dataDirectory: string): RecordedSession[] {
  return [...listRecordings(dataDirectory)].map(({ path }) => recordedSession(path));
}

/** One session. */
export function recordedSession(path: string): RecordedSession {
  const statements: RecordedStatement[] = [];
  const gaps: Gap[] = [];
  const notes: unknown[] = [];
  const results = new Map<number, (readonly Value[] | null)[][]>();
  const found: { open: SessionOpen | null; close: SessionClose | null; seal: Seal | null } = { open: null, close: null, seal: null };
  const end = readRecording(
    path,
    {
      open: (open) => {
        found.open = open;
      },
      columns: (seq) => void results.set(seq, [...(results.get(seq) ?? []), []]),
      row: (seq, result, row) => void results.get(seq)?.[result]?.push(row.values()),
      statement: (statement) => void statements.push({ ...statement, results: results.get(statement.seq) ?? [] }),
      gap: (gap) => void gaps.push(gap),
      note: (note) => void notes.push(note),
      close: (close) => {
        found.close = close;
      },
      seal: (seal) => {
        found.seal = seal;
      },
    },
    true,
  );
  return { path, ...found, statements, gaps, notes, end };
}

/** The Command phase's bytes in one direction, as far as they are in the file now. */
export function recordedBytes(path: string, direction: "client" | "upstream"): Buffer {
  const reader = new FrameReader(path);
  const parts: Buffer[] = [];
  try {
    reader.read((frame) => {
      if (frame.kind === FrameKind[direction]) parts.push(Buffer.from(frame.payload));
    });
  } finally {
    reader.close();
  }
  return Buffer.concat(parts);
}
