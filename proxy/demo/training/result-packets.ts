/**
 * An answer as packets: ColumnDefinition41, text and binary resultset rows.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
import { ColumnType } from "../../protocol/column-type.ts";
import { PacketWriter } from "../../protocol/packet-writer.ts";
import type { SqliteValue } from "./column-shape.ts";
import type { ResultColumn } from "./result.ts";

/** The payload of a ColumnDefinition41. */
export function columnDefinition(column: ResultColumn): PacketWriter {
  return new PacketWriter()
    .lengthEncodedText("def")
    .lengthEncodedText(column.schema)
    .lengthEncodedText(column.table)
    .lengthEncodedText(column.orgTable)
    .lengthEncodedText(column.name)
    .lengthEncodedText(column.orgName)
    .lengthEncoded(12)
    .uint16(column.characterSet)
    .uint32(column.length)
    .uint8(column.type)
    .uint16(column.flags)
    .uint8(column.decimals)
    .zeros(2);
}

/** The payload of a text resultset row. */
export function textRow(columns: readonly ResultColumn[], row: readonly SqliteValue[]): Buffer {
  const writer = new PacketWriter();
  columns.forEach((column, index) => {
    const value = row[index] ?? null;
    if (value === null) writer.uint8(0xfb);
    else writer.lengthEncodedBytes(asBytes(column, value));
  });
  return writer.payload();
}

/** The payload of a binary resultset row. */
export function binaryRow(columns: readonly ResultColumn[], row: readonly SqliteValue[]): Buffer {
  const nulls = Buffer.alloc((columns.length + 9) >> 3);
  const writer = new PacketWriter().uint8(0).bytes(nulls);
  columns.forEach((column, index) => {
    const value = row[index] ?? null;
    const bit = index + 2;
    if (value === null) nulls[bit >> 3] = (nulls[bit >> 3] ?? 0) | (1 << (bit & 7));
    else writeBinary(writer, column, value);
  });
  return writer.payload();
}

/** The text protocol's bytes of a value that is not NULL. */
function asBytes(column: ResultColumn, value: Exclude<SqliteValue, null>): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (column.type === ColumnType.NEWDECIMAL) return Buffer.from(Number(value).toFixed(column.decimals), "latin1");
  if (typeof value === "bigint") return Buffer.from(value.toString(), "latin1");
  return Buffer.from(doubleText(value), "latin1");
}

/** Fifteen significant digits, so that a sum of cents does not show the binary fraction behind it. */
function doubleText(value: number): string {
  return String(Number(value.toPrecision(15))).replace("e+", "e");
}

const integerWidths: { readonly [type: number]: number } = {
  [ColumnType.TINY]: 1,
  [ColumnType.SHORT]: 2,
  [ColumnType.YEAR]: 2,
  [ColumnType.LONG]: 4,
  [ColumnType.INT24]: 4,
  [ColumnType.LONGLONG]: 8,
};

function writeBinary(writer: PacketWriter, column: ResultColumn, value: Exclude<SqliteValue, null>): void {
  const width = integerWidths[column.type];
  if (width !== undefined) {
    const whole = Buffer.alloc(8);
    whole.writeBigInt64LE(BigInt.asIntN(64, wholeNumber(value)));
    writer.bytes(whole.subarray(0, width));
  } else if (column.type === ColumnType.DOUBLE) {
    const double = Buffer.alloc(8);
    double.writeDoubleLE(Number(doubleText(Number(value))));
    writer.bytes(double);
  } else if (column.type === ColumnType.FLOAT) {
    const float = Buffer.alloc(4);
    float.writeFloatLE(Number(value));
    writer.bytes(float);
  } else if (column.type === ColumnType.TIME) {
    writer.bytes(binaryTime(String(value)));
  } else if (column.type === ColumnType.DATE || column.type === ColumnType.DATETIME || column.type === ColumnType.TIMESTAMP) {
    writer.bytes(binaryDate(String(value)));
  } else {
    writer.lengthEncodedBytes(asBytes(column, value));
  }
}

function wholeNumber(value: Exclude<SqliteValue, null>): bigint {
  if (typeof value === "bigint") return value;
  const number = Number(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}

/** The binary protocol's date: its length byte, then as much as is not zero. What is not a date is the zero date. */
function binaryDate(text: string): Buffer {
  const found = /^(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?)?/.exec(text);
  if (!found) return Buffer.of(0);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const micros = Number((found[7] ?? "").padEnd(6, "0"));
  const length = micros > 0 ? 11 : hour + minute + second > 0 ? 7 : 4;
  const bytes = Buffer.alloc(12);
  bytes[0] = length;
  bytes.writeUInt16LE(year, 1);
  bytes.set([month, day, hour, minute, second], 3);
  bytes.writeUInt32LE(micros, 8);
  return bytes.subarray(0, length + 1);
}

/** The binary protocol's time, up to days. What is not a time is zero. */
function binaryTime(text: string): Buffer {
  const found = /^(-?)(\d{1,3}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?/.exec(text);
  if (!found) return Buffer.of(0);
  const [hours = 0, minutes = 0, seconds = 0] = found.slice(2, 5).map(Number);
  const micros = Number((found[5] ?? "").padEnd(6, "0"));
  if (hours + minutes + seconds + micros === 0) return Buffer.of(0);
  const length = micros > 0 ? 12 : 8;
  const bytes = Buffer.alloc(13);
  bytes.set([length, found[1] === "-" ? 1 : 0]);
  bytes.writeUInt32LE(Math.floor(hours / 24), 2);
  bytes.set([hours % 24, minutes, seconds], 6);
  bytes.writeUInt32LE(micros, 9);
  return bytes.subarray(0, length + 1);
}
