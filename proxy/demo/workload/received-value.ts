/** A driver's values as the text that the protocol gives. */
import type { FieldPacket, TypeCastField } from "mysql2";
import type { Value } from "../../model/value.ts";
import { stringValue } from "../../protocol/binary-value.ts";
import type { LedgerColumn } from "./ledger.ts";

/** For text resultsets: the bytes of each value as they came, before the driver makes anything of them. */
export const rawText = (field: TypeCastField): Buffer | null => field.buffer();

/** The ledger's column for a driver's field. */
export function ledgerColumn(field: FieldPacket): LedgerColumn {
  return { name: field.name, orgTable: field.orgTable, type: field.columnType ?? 0 };
}

/** One value as a driver gives it, raw or made. */
export function receivedValue(value: unknown, field: FieldPacket): Value {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return stringValue(value, field.columnType ?? 0, field.characterSet ?? 45);
  return String(value);
}
