/** Decodes one statement alone, from its positions in the recording, without reading what lies before it. */
import type { RecordingPosition, Statement, StatementContext } from "../model/statement.ts";
import { type Frame, FrameKind } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { type DecoderSink, SessionDecoder } from "./session-decoder.ts";

/** What must be known of a statement to decode it alone; all of it is part of `Statement`. */
export interface StatementPositions {
  readonly seq: number;
  readonly commandAt: RecordingPosition;
  readonly answerAt: RecordingPosition | null;
  readonly context: StatementContext | null;
}

/** Finds the positions of another statement of the same session; `null` where it is not known. */
export type FindStatement = (seq: number) => StatementPositions | null;

/** Columns and rows of the statement being read; `row` may return `false` to stop reading. */
export interface StatementReadSink {
  columns?: DecoderSink["columns"];
  row?(...of: Parameters<NonNullable<DecoderSink["row"]>>): unknown;
}

/** How long is read in one go by who reads in turns, in milliseconds. */
const sliceMs = 15;

/**
 * Reads one statement from `file`, with its rows given to `sink` as they are met. `null` where the file does not hold
 * it whole (yet), or where the sink stopped it. Throws where the file cannot be opened.
 */
export function readStatement(file: string, of: StatementPositions, find: FindStatement, sink: StatementReadSink): Statement | null {
  const reading = readStatementInTurns(file, of, find, sink);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

/** The same with a pause every 15 ms: to read a very large result takes seconds. `find` is not asked behind the first. */
export function* readStatementInTurns(
  file: string,
  of: StatementPositions,
  find: FindStatement,
  sink: StatementReadSink,
): Generator<undefined, Statement | null> {
  let wanted = -1;
  let found: Statement | null = null;
  let stopped = false;
  const { columns, row } = sink;
  const decoder = new SessionDecoder({
    statement: (statement) => {
      if (statement.seq === wanted) found ??= statement;
    },
    ...(columns && { columns: (seq, result, definitions) => (seq === wanted ? columns(seq, result, definitions) : undefined) }),
    row: (seq, result, resultRow) => {
      if (seq === wanted && row?.(seq, result, resultRow) === false) stopped = true;
    },
  });
  const reader = new FrameReader(file, 0, "transient");
  try {
    reader.read((frame) => {
      decoder.frame(frame);
      return false;
    });
    for (const part of dependencies(of, find)) yield* replay(reader, decoder, part, () => false);
    wanted = of.seq;
    yield* replay(reader, decoder, of, () => found !== null || stopped);
    return stopped ? null : found;
  } finally {
    reader.close();
  }
}

/**
 * Statements to decode before `of`, in order: what it executes, the execution that bound the types it uses (with the
 * long values that were sent for that one), the one that announced its columns, the long values it was sent.
 */
function dependencies(of: StatementPositions, find: FindStatement): StatementPositions[] {
  if (of.context === null) return [];
  const { prepare, types, longData, columns } = of.context;
  const positions = (seqs: readonly (number | null)[]) => seqs.flatMap((seq) => (seq === null ? [] : (find(seq) ?? [])));
  const binding = positions([types]);
  const bindingValues = positions(binding.flatMap(({ context }) => context?.longData ?? []));
  return [...positions([prepare]), ...bindingValues, ...binding, ...positions([columns, ...longData])];
}

/**
 * Feeds the frames of one statement: client bytes from its command on, answer bytes from its answer on, until it is
 * finished or `done`, or the session closed.
 */
function* replay(
  reader: FrameReader,
  decoder: SessionDecoder,
  of: StatementPositions,
  done: () => boolean,
): Generator<undefined, undefined> {
  const { commandAt, answerAt } = of;
  decoder.restart(of.seq, of.context);
  reader.position = commandAt.frame;
  const visit = (frame: Frame): boolean => {
    if (frame.kind === FrameKind.client) decoder.frame(frame, frame.offset === commandAt.frame ? commandAt.skip : 0);
    if (frame.kind === FrameKind.upstream && answerAt !== null && frame.offset >= answerAt.frame) {
      decoder.frame(frame, frame.offset === answerAt.frame ? answerAt.skip : 0);
    }
    if (frame.kind === FrameKind.gap || frame.kind === FrameKind.note) decoder.frame(frame);
    if (frame.kind === FrameKind.close) {
      decoder.finish();
      return false;
    }
    return !(done() || decoder.answered(of.seq));
  };
  for (;;) {
    const until = performance.now() + sliceMs;
    let paused = false;
    reader.read((frame) => {
      if (!visit(frame)) return false;
      paused = performance.now() >= until;
      return !paused;
    });
    if (!paused) return;
    yield;
  }
}
