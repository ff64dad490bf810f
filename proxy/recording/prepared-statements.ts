/**
 * What one session has prepared, as far as its recording tells: texts, parameter counts, bound types, long values and
 * cursors; and from that the text and parameters of each command.
 */
import type { StatementContext } from "../model/statement.ts";
import { decodeStatementText } from "../protocol/character-set.ts";
import type { ColumnDefinition } from "../protocol/column-definition.ts";
import { decodeComQuery } from "../protocol/com-query.ts";
import { decodeComStmtExecute, statementIdOf } from "../protocol/com-stmt-execute.ts";
import { decodeComStmtPrepareOk } from "../protocol/com-stmt-prepare-ok.ts";
import { Command } from "../protocol/command.ts";
import type { ParameterType } from "../protocol/parameters.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** Statement id by which MariaDB clients mean the statement prepared last. */
const lastPreparedId = 0xffffffff;

interface Prepared {
  readonly seq: number;
  readonly sql: string | null;
  readonly sqlCutFrom: number | null;
  parameters: number;
  types: readonly ParameterType[] | null;
  typesSeq: number | null;
  longValues: Map<number, Buffer>;
  longSeqs: number[];
  columns: readonly ColumnDefinition[];
  columnsSeq: number | null;
}

interface Execution {
  readonly prepared: Prepared;
  readonly payload: Buffer;
  readonly whole: boolean;
  readonly longValues: ReadonlyMap<number, Buffer>;
}

/** The prepared statements of one session. */
export class PreparedStatements {
  private readonly capabilities: number;
  private readonly characterSet: number | null;
  private readonly byId = new Map<number, Prepared>();
  private readonly preparing = new Map<StatementDraft, Prepared>();
  private readonly executing = new Map<StatementDraft, Execution>();
  private readonly used = new Map<StatementDraft, Prepared>();
  private readonly values: boolean;
  private last: Prepared | null = null;

  /** `values`: whether parameters are decoded, and long values kept for that. */
  constructor(capabilities: number, characterSet: number | null, values: boolean) {
    this.capabilities = capabilities;
    this.characterSet = characterSet;
    this.values = values;
  }

  /** Takes a command as it is sent. `payload` may be cut; `length` is the whole. */
  command(draft: StatementDraft, payload: Buffer, length: number): void {
    const cutFrom = payload.length < length ? length - 1 : null;
    switch (draft.command) {
      case Command.QUERY:
        this.query(draft, payload, cutFrom);
        return;
      case Command.STMT_PREPARE:
        this.text(draft, payload.subarray(1), cutFrom);
        this.prepare(draft);
        return;
      case Command.INIT_DB:
      case Command.CREATE_DB:
      case Command.DROP_DB:
        this.text(draft, payload.subarray(1), cutFrom);
        return;
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
        this.execute(draft, payload, cutFrom === null);
        return;
      case Command.STMT_SEND_LONG_DATA:
        this.longData(draft, payload);
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
    const prepared = this.preparing.get(draft);
    const decoded = decodeComStmtPrepareOk(payload);
    if (!decoded.ok) draft.decodeFailed = decoded.malformed;
    if (prepared === undefined || !decoded.ok) return;
    prepared.parameters = decoded.value.parameters;
    this.byId.set(decoded.value.statementId, prepared);
  }

  /** Columns that an execution announced, for the rows that COM_STMT_FETCH brings later. */
  remember(draft: StatementDraft, columns: readonly ColumnDefinition[]): void {
    const prepared = this.used.get(draft);
    if (prepared !== undefined && draft.command === Command.STMT_EXECUTE) prepared.columns = columns;
  }

  /** Columns of the rows of a COM_STMT_FETCH. */
  columnsFor(draft: StatementDraft): readonly ColumnDefinition[] {
    return this.used.get(draft)?.columns ?? [];
  }

  /** The statement is finished: decodes its parameters, for which a pipelined client makes us wait until now. */
  complete(draft: StatementDraft): void {
    const execution = this.executing.get(draft);
    if (execution !== undefined) this.bind(draft, execution);
    this.executing.delete(draft);
    this.preparing.delete(draft);
    this.used.delete(draft);
  }

  private text(draft: StatementDraft, bytes: Buffer, cutFrom: number | null): void {
    draft.sql = decodeStatementText(bytes, this.characterSet);
    draft.sqlCutFrom = cutFrom;
  }

  private query(draft: StatementDraft, payload: Buffer, cutFrom: number | null): void {
    const decoded = decodeComQuery(payload, this.capabilities);
    if (decoded.ok) {
      draft.attributes = decoded.value.attributes;
      this.text(draft, decoded.value.text, cutFrom);
    } else {
      draft.decodeFailed = decoded.malformed;
      this.text(draft, payload.subarray(1), cutFrom);
    }
  }

  private prepare(draft: StatementDraft): void {
    const prepared: Prepared = {
      seq: draft.seq,
      sql: draft.sql,
      sqlCutFrom: draft.sqlCutFrom,
      parameters: 0,
      types: null,
      typesSeq: null,
      longValues: new Map(),
      longSeqs: [],
      columns: [],
      columnsSeq: null,
    };
    this.preparing.set(draft, prepared);
    this.last = prepared;
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
    this.used.set(draft, prepared);
    return prepared;
  }

  private execute(draft: StatementDraft, payload: Buffer, whole: boolean): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    draft.context = { prepare: prepared.seq, types: prepared.typesSeq, longData: prepared.longSeqs, columns: null };
    const execution = { prepared, payload: Buffer.from(payload), whole, longValues: prepared.longValues };
    this.executing.set(draft, execution);
    prepared.columnsSeq = draft.seq;
    prepared.longValues = new Map();
    prepared.longSeqs = [];
    if (prepared.parameters > 0 || this.preparing.size === 0) this.bind(draft, execution);
  }

  /** Decodes the parameters of an execution, and keeps the types that it bound. */
  private bind(draft: StatementDraft, execution: Execution): void {
    this.executing.delete(draft);
    const { prepared, payload, whole, longValues } = execution;
    if (draft.command === Command.STMT_BULK_EXECUTE || !whole) return;
    const { parameters, types } = prepared;
    const decoded = decodeComStmtExecute(payload, this.capabilities, { parameters, types, longValues, values: this.values });
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      return;
    }
    if (this.values) draft.params = decoded.value.params;
    draft.attributes = decoded.value.attributes;
    if (decoded.value.boundTypes === null) return;
    prepared.types = decoded.value.boundTypes;
    prepared.typesSeq = draft.seq;
    if (draft.context !== null) draft.context = { ...draft.context, types: null };
  }

  private longData(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    draft.context = alone(prepared, null);
    if (payload.length < 7) return;
    const index = payload.readUInt16LE(5);
    const bytes = this.values ? payload.subarray(7) : Buffer.alloc(0);
    prepared.longValues.set(index, Buffer.concat([prepared.longValues.get(index) ?? Buffer.alloc(0), bytes]));
    prepared.longSeqs.push(draft.seq);
  }

  private other(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.find(draft, payload);
    if (prepared === null) return;
    draft.context = alone(prepared, draft.command === Command.STMT_FETCH ? prepared.columnsSeq : null);
    if (draft.command === Command.STMT_FETCH) return;
    prepared.longValues = new Map();
    prepared.longSeqs = [];
    const id = statementIdOf(payload);
    if (draft.command === Command.STMT_CLOSE && id !== null) this.byId.delete(id);
  }
}

/** What must be read to tell which statement a command names, where that is all it says. */
function alone(prepared: Prepared, columns: number | null): StatementContext {
  return { prepare: prepared.seq, types: null, longData: [], columns };
}
