import type { ColumnDefinition } from "../protocol/column-definition.ts";
import type { ParameterType } from "../protocol/parameters.ts";
import { CommandsAhead } from "./commands-ahead.ts";
import type { LongValues } from "./long-values.ts";

/** A statement that a session has prepared. */
export interface Prepared {
  readonly seq: number;
  readonly sql: string | null;
  readonly sqlCutFrom: number | null;
  /** What the session knew when it was prepared; another since its connection was reset. */
  readonly known: KnownStatements;
  /** `null` until the answer to COM_STMT_PREPARE is there. */
  id: number | null;
  parameters: number | null;
  /** It was closed, which may be before it was answered. */
  closed: boolean;
  types: readonly ParameterType[] | null;
  typesSeq: number | null;
  longValues: LongValues;
  columns: readonly ColumnDefinition[] | null;
  /** The execution that announced those columns; `null` where the preparation did. */
  columnsSeq: number | null;
  /** What `columnsSeq` was before the last execution, which may leave the definitions out. */
  columnsSeqBefore: number | null;
}

/** Statement id by which MariaDB clients mean the statement prepared last. */
const lastPreparedId = 0xffffffff;

/** Bytes that the statements of one session may take: servers allow 16,382 at a time unless they are told otherwise. */
const mostBytes = 64 * 1024 * 1024;

/** What one takes besides its text, and for each parameter. */
const preparedBytes = 640;
const parameterBytes = 64;

/** The statements that a session has prepared and not closed since it began, or its connection was reset. */
export class KnownStatements {
  readonly ahead = new CommandsAhead();
  /** Those used last at the end. */
  private readonly byId = new Map<number, Prepared>();
  private readonly mostBytes: number;
  private bytes = 0;
  private last: Prepared | null = null;

  /** Those that were not used for the longest time are forgotten where all take more than `bytes`. */
  constructor(bytes = mostBytes) {
    this.mostBytes = bytes;
  }

  /** One was sent to be prepared. */
  sent(prepared: Prepared): void {
    this.last = prepared;
  }

  /** The server has given one its id and told its parameters. */
  answered(prepared: Prepared, id: number, parameters: number): void {
    const before = this.byId.get(id);
    if (before !== undefined) this.drop(id, before);
    prepared.id = id;
    prepared.parameters = parameters;
    if (prepared.closed) return;
    this.byId.set(id, prepared);
    this.bytes += bytesOf(prepared);
    for (const [oldest, unused] of this.byId) {
      if (this.bytes <= this.mostBytes || unused === prepared) return;
      this.drop(oldest, unused);
    }
  }

  /** The statement that a command names. */
  find(id: number): Prepared | null {
    if (id === lastPreparedId) return this.last;
    const prepared = this.byId.get(id);
    if (prepared === undefined) return null;
    this.byId.delete(id);
    this.byId.set(id, prepared);
    return prepared;
  }

  close(prepared: Prepared): void {
    prepared.closed = true;
    if (this.last === prepared) this.last = null;
    if (prepared.id !== null && this.byId.get(prepared.id) === prepared) this.drop(prepared.id, prepared);
  }

  private drop(id: number, prepared: Prepared): void {
    this.byId.delete(id);
    this.bytes -= bytesOf(prepared);
  }
}

/** About how much memory it takes. Columns are left out: they are kept only by who reads one recording's rows. */
function bytesOf({ sql, parameters }: Prepared): number {
  return preparedBytes + 2 * (sql?.length ?? 0) + parameterBytes * (parameters ?? 0);
}
