/**
 * What one session has prepared, as far as its recording tells: texts, parameter counts, bound types, long values and
 * cursors; and from that the text and parameters of each command.
 */
import type { StatementContext } from "../model/statement.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { decodeComStmtBulkExecute } from "../protocol/com-stmt-bulk-execute.ts";
import { decodeComStmtExecute, statementIdOf } from "../protocol/com-stmt-execute.ts";
import { decodeComStmtPrepareOk } from "../protocol/com-stmt-prepare-ok.ts";
import { Command } from "../protocol/command.ts";
import type { ParameterType } from "../protocol/parameters.ts";
import { LongValues } from "./long-values.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** Statement id by which MariaDB clients mean the statement prepared last. */
const lastPreparedId = 0xffffffff;

interface Prepared {
  readonly seq: number;
  readonly sql: string | null;
  readonly sqlCutFrom: number | null;
  /** `null` until the answer to COM_STMT_PREPARE is there. */
  parameters: number | null;
  types: readonly ParameterType[] | null;
  typesSeq: number | null;
  longValues: LongValues;
  columns: readonly ColumnDefinition[] | null;
  /** The execution that announced those columns; `null` where the preparation did. */
  columnsSeq: number | null;
  /** What `columnsSeq` was before the last execution, which may leave the definitions out. */
  columnsSeqBefore: number | null;
}

/** A COM_STMT_EXECUTE whose parameters cannot be decoded before its statement's preparation is answered. */
interface Waiting {
  readonly payload: Buffer;
  readonly longValues: LongValues;
}

/** The prepared statements of one session. */
export class PreparedStatements {
  private readonly capabilities: number;
  private readonly values: boolean;
  private readonly byId = new Map<number, Prepared>();
  /** What commands that are not finished prepare or use. */
  private readonly named = new Map<StatementDraft, Prepared>();
  private readonly waiting = new Map<StatementDraft, Waiting>();
  private last: Prepared | null = null;
  private characterSet: number | null = null;

  /** `values`: whether parameters are decoded, and long values kept for that. */
  constructor(capabilities: number, values: boolean) {
    this.capabilities = capabilities;
    this.values = values;
  }

  /**
   * Takes a command as it is sent, after its own text was found. `payload` may be cut; `whole` says that it is not.
   * `characterSet`: collation id of the session's client; `null` where it is not known.
   */
  command(draft: StatementDraft, payload: Buffer, whole: boolean, characterSet: number | null): void {
    this.characterSet = characterSet;
    switch (draft.command) {
      case Command.STMT_PREPARE:
        this.prepare(draft);
        return;
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
        this.execute(draft, payload, whole);
        return;
      case Command.STMT_SEND_LONG_DATA:
        this.longValue(draft, payload);
        return;
      case Command.STMT_FETCH:
      case Command.STMT_CLOSE:
      case Command.STMT_RESET:
        this.other(draft, payload);
        return;
      case Command.RESET_CONNECTION:
      case Command.CHANGE_USER:
        this.byId.clear();
        this.last = null;
    }
  }

  /** The answer to a COM_STMT_PREPARE gave the statement its id. */
  prepareOk(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.named.get(draft);
    const decoded = decodeComStmtPrepareOk(payload);
    if (!decoded.ok) draft.decodeFailed = decoded.malformed;
    if (prepared === undefined || !decoded.ok) return;
    prepared.parameters = decoded.value.parameters;
    this.byId.set(decoded.value.statementId, prepared);
  }

  /** Columns that a preparation or an execution announced, for results that come without. */
  remember(draft: StatementDraft, columns: readonly ColumnDefinition[]): void {
    const prepared = this.named.get(draft);
    if (prepared !== undefined) prepared.columns = columns;
  }

  /** The answer to an execution left out the definitions that were sent before: the columns are those of then. */
  definitionsLeftOut(draft: StatementDraft): void {
    const prepared = this.named.get(draft);
    if (prepared === undefined) return;
    prepared.columnsSeq = prepared.columnsSeqBefore;
    if (draft.context !== null) draft.context = { ...draft.context, columns: prepared.columnsSeq };
  }

  /** Columns that were announced before; `null` where they are not known. */
  columnsFor(draft: StatementDraft): readonly ColumnDefinition[] | null {
    return this.named.get(draft)?.columns ?? null;
  }

  /** The statement is finished: decodes its parameters where a pipelined client made us wait until now. */
  complete(draft: StatementDraft): void {
    const prepared = this.named.get(draft);
    if (prepared === undefined) return;
    this.named.delete(draft);
    const waiting = this.waiting.get(draft);
    if (waiting === undefined) return;
    this.waiting.delete(draft);
    if (prepared.parameters !== null) this.bind(draft, prepared, prepared.parameters, waiting);
  }

  private prepare(draft: StatementDraft): void {
    this.last = {
      seq: draft.seq,
      sql: draft.sql,
      sqlCutFrom: draft.sqlCutFrom,
      parameters: null,
      types: null,
      typesSeq: null,
      longValues: new LongValues(this.values),
      columns: null,
      columnsSeq: null,
      columnsSeqBefore: null,
    };
    this.named.set(draft, this.last);
  }

  private find(draft: StatementDraft, payload: Buffer): Prepared | null {
    const id = statementIdOf(payload);
    const prepared = id === lastPreparedId ? this.last : id === null ? null : (this.byId.get(id) ?? null);
    if (prepared === null) {
      draft.decodeFailed = "the statement it names was not prepared in this recording";
      return null;
    }
    draft.sql = prepared.sql;
    draft.sqlCutFrom = prepared.sqlCutFrom;
    this.named.set(draft, prepared);
    return prepared;
  }

  private execute(draft: StatementDraft, payload: Buffer, whole: boolean): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    const { longValues, parameters } = prepared;
    draft.context = { prepare: prepared.seq, types: prepared.typesSeq, longData: longValues.seqs, columns: null };
    prepared.columnsSeqBefore = prepared.columnsSeq;
    prepared.columnsSeq = draft.seq;
    prepared.longValues = new LongValues(this.values);
    if (!whole) return;
    if (parameters === null) this.waiting.set(draft, { payload: Buffer.from(payload), longValues });
    else this.bind(draft, prepared, parameters, { payload, longValues });
  }

  /** Decodes the parameters of an execution, and keeps the types that it bound. */
  private bind(draft: StatementDraft, prepared: Prepared, parameters: number, { payload, longValues }: Waiting): void {
    const { characterSet, values } = this;
    const context = { parameters, types: prepared.types, longValues: longValues.joined(), values, characterSet };
    const isBulk = draft.command === Command.STMT_BULK_EXECUTE;
    const decoded = isBulk ? decodeComStmtBulkExecute(payload, context) : decodeComStmtExecute(payload, this.capabilities, context);
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      return;
    }
    const { boundTypes } = decoded.value;
    if ("sets" in decoded.value) {
      if (this.values) draft.paramSets = decoded.value.sets;
    } else {
      if (this.values) draft.params = decoded.value.params;
      draft.attributes = decoded.value.attributes;
    }
    if (boundTypes !== null) {
      prepared.types = boundTypes;
      prepared.typesSeq = draft.seq;
    }
    if (draft.context !== null) draft.context = { ...draft.context, types: boundTypes === null ? prepared.typesSeq : null };
  }

  private longValue(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    draft.context = naming(prepared, null);
    if (payload.length >= 7) prepared.longValues.add(draft.seq, payload.readUInt16LE(5), payload.subarray(7));
  }

  private other(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    draft.context = naming(prepared, draft.command === Command.STMT_FETCH ? prepared.columnsSeq : null);
    if (draft.command === Command.STMT_FETCH) return;
    prepared.longValues = new LongValues(this.values);
    const id = statementIdOf(payload);
    if (draft.command === Command.STMT_CLOSE && id !== null) this.byId.delete(id);
  }
}

/** What must be read to tell which statement a command names, where that is all it says. */
function naming(prepared: Prepared, columns: number | null): StatementContext {
  return { prepare: prepared.seq, types: null, longData: [], columns };
}
