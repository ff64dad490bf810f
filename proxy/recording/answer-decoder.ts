/** Decodes the packets that answer a statement: into its draft, and into columns and rows where somebody wants them. */
import type { RecordingPosition } from "../model/statement.ts";
import type { Value } from "../model/value.ts";
import { has, MariaDbCapability } from "../protocol/capabilities.ts";
import { decodeName } from "../protocol/character-set.ts";
import { type ColumnDefinition, decodeColumnDefinition, undefinedColumns } from "../protocol/column-definition.ts";
import { Command } from "../protocol/command.ts";
import { ServerRole } from "../protocol/packet-role.ts";
import { decodeRow } from "../protocol/row.ts";
import type { DecoderSink } from "./decoder-sink.ts";
import type { PreparedStatements } from "./prepared-statements.ts";
import type { StatementDraft } from "./statement-draft.ts";

/** Bytes of an answer's packets that are looked at where no rows are wanted. A longer message is cut for all alike. */
export const answerPrefix = 4096;

const columnsUnknown = { ok: false, malformed: "the columns of its rows are not known" } as const;

const tooLong = (bytes: number) => ({ ok: false, malformed: `a row of ${bytes} bytes is too long to be decoded here` }) as const;

/** Who hears of columns and rows, and what is known of the session. */
export interface AnswerContext {
  readonly sink: DecoderSink;
  readonly prepared: PreparedStatements;
  readonly capabilities: number;
  readonly mariaDbCapabilities: number;
}

/** What is known of a packet but its bytes. */
export interface PacketFacts {
  readonly role: ServerRole;
  /** Definitions that are still to come behind it. */
  readonly definitionsDue: number;
  /** Collation id of names and messages; `null` where it is not known. */
  readonly characterSet: number | null;
}

export class AnswerDecoder {
  private readonly context: AnswerContext;
  /** Columns of the result set that is being announced; `null` where one of them could not be decoded. */
  private collected: ColumnDefinition[] | null = null;

  constructor(context: AnswerContext) {
    this.context = context;
  }

  /** Takes a packet that is no row. `payload` may be cut behind `answerPrefix` where no rows are wanted. */
  packet(draft: StatementDraft, payload: Buffer, facts: PacketFacts): void {
    const { prepared, capabilities, sink } = this.context;
    const { characterSet } = facts;
    switch (facts.role) {
      case ServerRole.ok:
        draft.ok(payload, capabilities);
        return;
      case ServerRole.eof:
        draft.eof(payload, capabilities);
        if (draft.command === Command.FIELD_LIST) this.endFieldList(draft);
        return;
      case ServerRole.err:
        draft.err(payload.subarray(0, answerPrefix), characterSet);
        return;
      case ServerRole.prepareOk:
        prepared.prepareOk(draft, payload);
        this.collected = [];
        return;
      case ServerRole.columnCount:
        draft.beginResult();
        this.collected = [];
        if (facts.definitionsDue === 0) this.beginWithoutDefinitions(draft, payload);
        return;
      case ServerRole.infileRequest:
        draft.infile = { name: decodeName(payload.subarray(1), characterSet), bytes: 0 };
        return;
      case ServerRole.statistics:
        draft.summary = payload.toString("utf8");
        return;
      case ServerRole.columnDefinition:
        if (sink.row !== undefined) this.collect(draft, payload, facts);
    }
  }

  /** Takes a row of `length` bytes, of which some are `kept`, that starts at `at`; tells of it where rows are wanted. */
  row(draft: StatementDraft, { kept, length }: { readonly kept: Buffer; readonly length: number }, at: RecordingPosition): void {
    const { sink } = this.context;
    const binary = draft.binaryRows;
    if (draft.result < 0) this.beginFetched(draft);
    const values = (): readonly Value[] | null => {
      const decoded =
        draft.columns === null ? columnsUnknown : kept.length < length ? tooLong(length) : decodeRow(kept, draft.columns, binary);
      if (decoded.ok) return decoded.value;
      draft.decodeFailed ??= decoded.malformed;
      return null;
    };
    sink.row?.(draft.seq, draft.result, { values, at, binary });
  }

  /** The server has left out the definitions of columns that the client knows, or does without. */
  private beginWithoutDefinitions(draft: StatementDraft, payload: Buffer): void {
    const { prepared, sink } = this.context;
    prepared.definitionsLeftOut(draft);
    if (sink.row === undefined) return;
    draft.columns = prepared.columnsFor(draft) ?? (draft.binaryRows ? null : undefinedColumns(payload));
    if (draft.columns !== null) sink.columns?.(draft.seq, draft.result, draft.columns);
  }

  /** The definitions of a table's columns, which COM_FIELD_LIST gets without their count, are a result without rows. */
  private endFieldList(draft: StatementDraft): void {
    const { sink } = this.context;
    draft.result = 0;
    if (sink.row !== undefined && this.collected !== null) sink.columns?.(draft.seq, 0, this.collected);
    this.collected = null;
  }

  private collect(draft: StatementDraft, payload: Buffer, { definitionsDue, characterSet }: PacketFacts): void {
    const { prepared, mariaDbCapabilities, sink } = this.context;
    const prepares = draft.command === Command.STMT_PREPARE;
    const lists = draft.command === Command.FIELD_LIST;
    if (lists) this.collected ??= [];
    if ((draft.result < 0 && !prepares && !lists) || this.collected === null) return;
    const extended = has(mariaDbCapabilities, MariaDbCapability.EXTENDED_METADATA);
    const decoded = decodeColumnDefinition(payload, { extended, characterSet });
    if (!decoded.ok) {
      draft.decodeFailed = decoded.malformed;
      this.collected = null;
      return;
    }
    this.collected.push(decoded.value);
    if (lists || definitionsDue > 0) return;
    const columns = this.collected;
    this.collected = null;
    prepared.remember(draft, columns);
    if (prepares) return;
    draft.columns = columns;
    sink.columns?.(draft.seq, draft.result, columns);
  }

  /** Rows of a COM_STMT_FETCH have the columns that the execution announced. */
  private beginFetched(draft: StatementDraft): void {
    const { prepared, sink } = this.context;
    draft.result = 0;
    draft.columns = prepared.columnsFor(draft);
    if (draft.columns !== null) sink.columns?.(draft.seq, 0, draft.columns);
  }
}
