/** What the program's decoder makes of a recording, all of it or one statement alone. */
import type { RecordingPosition, Statement } from "../../../proxy/model/statement.ts";
import type { Value } from "../../../proxy/model/value.ts";
import type { ColumnDefinition } from "../../../proxy/protocol/column-definition.ts";
import type { DecoderSink } from "../../../proxy/recording/decoder-sink.ts";
import { readRecording } from "../../../proxy/recording/recording-pass.ts";
import { readStatement } from "../../../proxy/recording/statement-reader.ts";

export interface DecodedResult {
  columns: readonly ColumnDefinition[];
  readonly rows: (readonly Value[] | null)[];
  /** Where each row starts. */
  readonly at: RecordingPosition[];
  binary: boolean;
}

export interface DecodedStatement {
  readonly statement: Statement;
  readonly results: readonly DecodedResult[];
}

class ResultsOf {
  private readonly results = new Map<number, DecodedResult[]>();

  readonly columns: NonNullable<DecoderSink["columns"]> = (seq, result, columns) => {
    this.at(seq, result).columns = columns;
  };

  readonly row: NonNullable<DecoderSink["row"]> = (seq, result, row) => {
    const into = this.at(seq, result);
    into.rows.push(row.values());
    into.at.push(row.at);
    into.binary = row.binary;
  };

  of(seq: number): readonly DecodedResult[] {
    return this.results.get(seq) ?? [];
  }

  private at(seq: number, result: number): DecodedResult {
    const results = this.results.get(seq) ?? [];
    this.results.set(seq, results);
    results[result] ??= { columns: [], rows: [], at: [], binary: false };
    return results[result];
  }
}

/** Every statement of a recording, in the order of finishing. */
export function decodeAll(file: string): DecodedStatement[] {
  const results = new ResultsOf();
  const statements: Statement[] = [];
  readRecording(file, { ...results, statement: (statement) => void statements.push(statement) }, true);
  return statements.map((statement) => ({ statement, results: results.of(statement.seq) }));
}

/** One statement of a recording, with what is known of the others from `all`. */
export function decodeAlone(file: string, seq: number, all: readonly DecodedStatement[]): DecodedStatement | null {
  const results = new ResultsOf();
  const find = (wanted: number): Statement | null => all.find(({ statement }) => statement.seq === wanted)?.statement ?? null;
  const positions = find(seq);
  const statement = positions === null ? null : readStatement(file, positions, find, results);
  return statement === null ? null : { statement, results: results.of(seq) };
}
