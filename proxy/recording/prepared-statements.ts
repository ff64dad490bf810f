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
import type { SentCommand } from "./commands-ahead.ts";
import { KnownStatements, type Prepared } from "./known-statements.ts";
import { LongValues } from "./long-values.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** Why nothing is known of what a command executes, or is about. */
const unknownStatement = "it is not known which prepared statement has the id that it names";

const tooLongCommand = "it is too long for its parameters to be decoded here";

const tooLongValues = (bytes: number): string => `the values that were sent for it ahead, ${bytes} bytes, are too long to be decoded here`;

/** A COM_STMT_EXECUTE whose parameters cannot be decoded before its statement's preparation is answered. */
interface Waiting {
  readonly payload: Buffer;
  readonly longValues: LongValues;
  readonly characterSet: number | null;
}

/** The prepared statements of one session. */
export class PreparedStatements {
  private readonly capabilities: number;
  private readonly values: boolean;
  private readonly longBytes: number;
  private known = new KnownStatements();
  /** What commands that are not finished prepare or use. */
  private readonly named = new Map<StatementDraft, Prepared>();
  private readonly waiting = new Map<StatementDraft, Waiting>();
  /** Sequence numbers of the preparations that were sent and finished last. */
  private lastSent = 0;
  private lastFinished = 0;

  /** `values`: whether parameters are decoded, and long values kept for that, up to `longBytes` for an execution. */
  constructor(capabilities: number, values: boolean, longBytes = Number.POSITIVE_INFINITY) {
    this.capabilities = capabilities;
    this.values = values;
    this.longBytes = longBytes;
  }

  /** Takes a command as it is sent, after its own text was found. */
  command(command: SentCommand): void {
    switch (command.draft.command) {
      case Command.STMT_PREPARE:
        this.prepare(command.draft);
        return;
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
      case Command.STMT_SEND_LONG_DATA:
      case Command.STMT_FETCH:
      case Command.STMT_CLOSE:
      case Command.STMT_RESET:
        this.resolve(command);
        return;
      case Command.RESET_CONNECTION:
      case Command.CHANGE_USER:
        this.known = new KnownStatements();
    }
  }

  /** The answer to a COM_STMT_PREPARE gave the statement its id. */
  prepareOk(draft: StatementDraft, payload: Buffer): void {
    const prepared = this.named.get(draft);
    const decoded = decodeComStmtPrepareOk(payload);
    if (!decoded.ok) draft.decodeFailed = decoded.malformed;
    if (prepared === undefined || !decoded.ok) return;
    const { known } = prepared;
    const { statementId, parameters } = decoded.value;
    known.answered(prepared, statementId, parameters);
    for (const command of known.ahead.take(statementId)) {
      command.draft.decodeFailed = null;
      this.apply(prepared, command);
    }
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
    if (draft.command === Command.STMT_PREPARE) {
      this.lastFinished = draft.seq;
      prepared.known.ahead.answered(draft.seq);
    }
    const waiting = this.waiting.get(draft);
    if (waiting === undefined) return;
    this.waiting.delete(draft);
    if (prepared.parameters !== null) this.bind(draft, prepared, prepared.parameters, waiting);
  }

  private noLongValues(): LongValues {
    return new LongValues(this.values, this.longBytes);
  }

  private prepare(draft: StatementDraft): void {
    const { known } = this;
    const prepared: Prepared = {
      seq: draft.seq,
      sql: draft.sql,
      sqlCutFrom: draft.sqlCutFrom,
      known,
      id: null,
      parameters: null,
      closed: false,
      types: null,
      typesSeq: null,
      longValues: this.noLongValues(),
      columns: null,
      columnsSeq: null,
      columnsSeqBefore: null,
    };
    known.sent(prepared);
    this.named.set(draft, prepared);
    this.lastSent = draft.seq;
  }

  /** Takes a command that names a statement. */
  private resolve(command: SentCommand): void {
    const { draft, payload } = command;
    const id = statementIdOf(payload);
    const prepared = id === null ? null : this.known.find(id);
    if (prepared !== null) {
      this.apply(prepared, command);
      return;
    }
    draft.decodeFailed = unknownStatement;
    if (id !== null && this.lastSent > this.lastFinished) this.known.ahead.hold(id, command, this.lastSent);
  }

  private apply(prepared: Prepared, command: SentCommand): void {
    const { draft, payload } = command;
    draft.sql = prepared.sql;
    draft.sqlCutFrom = prepared.sqlCutFrom;
    switch (draft.command) {
      case Command.STMT_EXECUTE:
      case Command.STMT_BULK_EXECUTE:
        this.named.set(draft, prepared);
        this.execute(prepared, command);
        return;
      case Command.STMT_FETCH:
        this.named.set(draft, prepared);
        draft.context = naming(draft, prepared, prepared.columnsSeq);
        return;
      case Command.STMT_SEND_LONG_DATA:
        draft.context = naming(draft, prepared, null);
        if (payload.length >= 7) prepared.longValues.add(draft.seq, payload.readUInt16LE(5), payload.subarray(7));
        return;
      case Command.STMT_RESET:
      case Command.STMT_CLOSE:
        draft.context = naming(draft, prepared, null);
        prepared.longValues = this.noLongValues();
        if (draft.command === Command.STMT_CLOSE) prepared.known.close(prepared);
    }
  }

  private execute(prepared: Prepared, { draft, payload, whole, characterSet }: SentCommand): void {
    const { longValues, parameters } = prepared;
    draft.context = { ...draft.context, prepare: prepared.seq, types: prepared.typesSeq, longData: longValues.seqs, columns: null };
    prepared.columnsSeqBefore = prepared.columnsSeq;
    prepared.columnsSeq = draft.seq;
    prepared.longValues = this.noLongValues();
    if (!whole) {
      if (this.values) draft.decodeFailed = tooLongCommand;
      return;
    }
    if (parameters === null) this.waiting.set(draft, { payload: Buffer.from(payload), longValues, characterSet });
    else this.bind(draft, prepared, parameters, { payload, longValues, characterSet });
  }

  /** Decodes the parameters of an execution, and keeps the types that it bound. */
  private bind(draft: StatementDraft, prepared: Prepared, parameters: number, { payload, longValues, characterSet }: Waiting): void {
    const { values } = this;
    const context = { parameters, types: prepared.types, longValues: longValues.joined(), values, characterSet };
    const isBulk = draft.command === Command.STMT_BULK_EXECUTE;
    const decoded = isBulk ? decodeComStmtBulkExecute(payload, context) : decodeComStmtExecute(payload, this.capabilities, context);
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      return;
    }
    const { boundTypes } = decoded.value;
    const { tooLong } = longValues;
    if (tooLong) draft.decodeFailed = tooLongValues(longValues.bytes);
    if ("sets" in decoded.value) {
      if (this.values) draft.paramSets = decoded.value.sets;
    } else {
      if (this.values && !tooLong) draft.params = decoded.value.params;
      draft.attributes = decoded.value.attributes;
    }
    if (boundTypes !== null) {
      prepared.types = boundTypes;
      prepared.typesSeq = draft.seq;
    }
    if (draft.context !== null) draft.context = { ...draft.context, types: boundTypes === null ? prepared.typesSeq : null };
  }
}

/** What must be read to tell which statement a command names, where that is all it says. */
function naming({ context }: StatementDraft, prepared: Prepared, columns: number | null): StatementContext {
  return { ...context, prepare: prepared.seq, types: null, longData: [], columns };
}
