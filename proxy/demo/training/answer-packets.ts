/** Whole answers as payloads, in order: OK, result sets, COM_STMT_PREPARE_OK. The connection numbers and sends them. */
import { Capability, has, ServerStatus } from "../../protocol/capabilities.ts";
import { PacketWriter } from "../../protocol/packet-writer.ts";
import type { Answer, OkAnswer, ResultColumn, RowsAnswer } from "./result.ts";
import { computedColumn } from "./result.ts";
import { binaryRow, columnDefinition, textRow } from "./result-packets.ts";

/** How a session stands when it answers. */
export interface AnswerStatus {
  readonly capabilities: number;
  readonly inTransaction: boolean;
  readonly autocommit: boolean;
  /** Another result of the same COM_QUERY follows. */
  readonly more: boolean;
}

/** The payloads of one result. `binary` for an executed prepared statement. */
export function answerPackets(answer: Answer, status: AnswerStatus, binary: boolean): Buffer[] {
  return answer.kind === "ok" ? [okPacket(answer, status, 0x00)] : resultSet(answer, status, binary);
}

/**
 * An OK_Packet; header 0xFE where it ends a result set. Its text is length-encoded and absent where it is empty: that is
 * what servers send and the `mariadb` client insists on, whatever the documentation says of clients that track no session.
 */
export function okPacket(answer: OkAnswer, status: AnswerStatus, header: 0x00 | 0xfe): Buffer {
  const writer = new PacketWriter()
    .uint8(header)
    .lengthEncoded(Number(answer.affected))
    .lengthEncoded(Number(answer.insertId))
    .uint16(statusFlags(status))
    .uint16(0);
  return (answer.info === "" ? writer : writer.lengthEncodedText(answer.info)).payload();
}

function resultSet(answer: RowsAnswer, status: AnswerStatus, binary: boolean): Buffer[] {
  const row = binary ? binaryRow : textRow;
  return [
    new PacketWriter().lengthEncoded(answer.columns.length).payload(),
    ...answer.columns.map((column) => columnDefinition(column).payload()),
    ...(deprecatesEof(status) ? [] : [eofPacket(status)]),
    ...answer.rows.map((values) => row(answer.columns, values)),
    endOfRows(status),
  ];
}

/** COM_STMT_PREPARE_OK and the definitions that follow it. */
export function prepareOkPackets(id: number, parameters: number, columns: readonly ResultColumn[], status: AnswerStatus): Buffer[] {
  const head = new PacketWriter().uint8(0).uint32(id).uint16(columns.length).uint16(parameters).zeros(1).uint16(0).payload();
  const placeholders = Array.from({ length: parameters }, () => columnDefinition(computedColumn("?", [])).payload());
  const definitions = columns.map((column) => columnDefinition(column).payload());
  const end = deprecatesEof(status) ? [] : [eofPacket(status)];
  return [head, ...placeholders, ...(parameters > 0 ? end : []), ...definitions, ...(columns.length > 0 ? end : [])];
}

/** The answer to COM_FIELD_LIST: definitions with a default value each, which is always NULL here. */
export function fieldListPackets(columns: readonly ResultColumn[], status: AnswerStatus): Buffer[] {
  return [...columns.map((column) => columnDefinition(column).uint8(0xfb).payload()), eofPacket(status)];
}

function endOfRows(status: AnswerStatus): Buffer {
  return deprecatesEof(status) ? okPacket({ kind: "ok", affected: 0n, insertId: 0n, info: "" }, status, 0xfe) : eofPacket(status);
}

function eofPacket(status: AnswerStatus): Buffer {
  return new PacketWriter().uint8(0xfe).uint16(0).uint16(statusFlags(status)).payload();
}

function deprecatesEof(status: AnswerStatus): boolean {
  return has(status.capabilities, Capability.DEPRECATE_EOF);
}

function statusFlags({ inTransaction, autocommit, more }: AnswerStatus): number {
  return (
    (inTransaction ? ServerStatus.IN_TRANS : 0) | (autocommit ? ServerStatus.AUTOCOMMIT : 0) | (more ? ServerStatus.MORE_RESULTS_EXISTS : 0)
  );
}
