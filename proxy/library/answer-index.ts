import path from "node:path";
import { FailureError } from "../model/failure.ts";
import type { Column, RecordingPosition, Statement } from "../model/statement.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { recordingPath } from "../recording/recording-files.ts";
import { type FindStatement, readStatementInTurns } from "../recording/statement-reader.ts";
import { inTurns } from "./in-turns.ts";
import { SharedReading } from "./shared-reading.ts";

/** Rows between two places that are kept, from which a window is read. */
export const rowsBetweenPlaces = 1000;

/** Answers that are kept, and characters in them; the last one is kept whatever its size. */
const keptAnswers = 16;
const keptCharacters = 32 * 1024 * 1024;

/** One result set of a statement: its columns, how many rows it has, and where every thousandth of them starts. */
export interface IndexedResult {
  columns: readonly Column[];
  definitions: readonly ColumnDefinition[];
  rowCount: number;
  binary: boolean;
  readonly places: RecordingPosition[];
}

/** A statement decoded from its recording, and its result sets. */
export interface IndexedAnswer {
  readonly file: string;
  readonly statement: Statement;
  readonly results: readonly IndexedResult[];
}

/** Reads statements from their recordings, and keeps the last ones so that windows of their rows are quick to find. */
export class AnswerIndex {
  readonly #dataDirectory: string;
  readonly #kept = new Map<string, IndexedAnswer>();
  readonly #reading = new Map<string, SharedReading<IndexedAnswer>>();

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
  }

  /**
   * Reads in turns, so that others are answered meanwhile; who asks for what is being read waits for the same reading.
   * Rejects with a `FailureError` where the recording or the statement in it is not there any more. The reading stops when
   * the `signal`s of all who wait for it have aborted.
   */
  async get(session: string, seq: number, find: FindStatement, signal?: AbortSignal): Promise<IndexedAnswer> {
    const key = `${session}/${seq}`;
    const answer = this.#kept.get(key) ?? (await this.#once(key, signal, (stop) => this.#read(session, seq, find, stop)));
    this.#kept.delete(key);
    this.#kept.set(key, answer);
    this.#forgetOldest();
    return answer;
  }

  #once(key: string, signal: AbortSignal | undefined, read: (stop: AbortSignal) => Promise<IndexedAnswer>): Promise<IndexedAnswer> {
    const known = this.#reading.get(key);
    if (known !== undefined) return known.wait(signal);
    const reading = new SharedReading(read, () => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key);
    });
    this.#reading.set(key, reading);
    return reading.wait(signal);
  }

  #forgetOldest(): void {
    let characters = 0;
    for (const { statement } of this.#kept.values()) characters += charactersIn(statement);
    for (const [key, { statement }] of this.#kept) {
      if (this.#kept.size === 1 || (this.#kept.size <= keptAnswers && characters <= keptCharacters)) return;
      this.#kept.delete(key);
      characters -= charactersIn(statement);
    }
  }

  clear(): void {
    this.#kept.clear();
  }

  async #read(session: string, seq: number, find: FindStatement, stop: AbortSignal): Promise<IndexedAnswer> {
    const positions = find(seq);
    if (positions === null) throw new FailureError("not-found", `There is no statement ${seq} in session ${session}.`);
    const file = recordingPath(this.#dataDirectory, session);
    const results: IndexedResult[] = [];
    const resultAt = (index: number) => {
      results[index] ??= { columns: [], definitions: [], rowCount: 0, binary: false, places: [] };
      return results[index];
    };
    const statement = await reading(file, () =>
      inTurns(
        readStatementInTurns(file, positions, find, {
          columns: (_seq, result, definitions) => {
            Object.assign(resultAt(result), { columns: definitions.map(({ column }) => column), definitions });
          },
          row: (_seq, result, row) => {
            const indexed = resultAt(result);
            if (indexed.rowCount % rowsBetweenPlaces === 0) indexed.places.push(row.at);
            indexed.rowCount += 1;
            indexed.binary = row.binary;
          },
        }),
        stop,
      ),
    );
    if (statement === null) throw new FailureError("not-found", `Statement ${seq} is not in the recording ${path.basename(file)} in full.`);
    return {
      file,
      statement,
      results: await this.#withColumns(results, session, { announcedBy: positions.context?.columns ?? null, find, stop }),
    };
  }

  /** Rows that COM_STMT_FETCH brought have the columns that the statement before it announced. */
  async #withColumns(
    results: IndexedResult[],
    session: string,
    { announcedBy, find, stop }: { announcedBy: number | null; find: FindStatement; stop: AbortSignal },
  ): Promise<IndexedResult[]> {
    const [only] = results;
    if (only === undefined || announcedBy === null || only.definitions.length > 0) return results;
    const [announced] = (await this.get(session, announcedBy, find, stop)).results;
    return announced === undefined ? results : [{ ...only, columns: announced.columns, definitions: announced.definitions }];
  }
}

/** About how much memory a statement takes: its text, which may have come with another command, and its parameters. */
function charactersIn({ sql, bytesIn }: Statement): number {
  return (sql?.length ?? 0) + bytesIn;
}

async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) throw thrown;
    throw new FailureError(
      "recording-missing",
      `The recording ${file} is not there any more. It was moved or deleted; what the library shows of it can still be read.`,
    );
  }
}
