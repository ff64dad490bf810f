/**
 * Values of the binary protocol as the text that the text protocol gives for them.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 *
 * FLOAT and DOUBLE differ on purpose where the text protocol rounds, to six significant digits or to the column's
 * decimals: here the shortest digits that give the same number are shown, so that nothing of what the client received is lost.
 */
import type { Value } from "../model/value.ts";
import { binaryCollation, decodeText } from "./character-set.ts";
import { ColumnFlag, ColumnType, isBytesType, isStringType } from "./column-type.ts";
import { fixedText, generalText, shortestFloat32 } from "./floating-text.ts";
import { MalformedPacket, type PacketReader } from "./packet-reader.ts";

/** What must be known of a column or parameter to read its values. `decimals` is 31 where the type does not fix it. */
export interface ValueType {
  readonly type: number;
  readonly flags: number;
  readonly collation: number;
  readonly decimals: number;
  readonly length: number;
}

/** Text or bytes of a string-like value. */
export function stringValue(bytes: Buffer, type: number, collation: number): Value {
  if (isBytesType(type) || (collation === binaryCollation && isStringType(type))) return { base64: bytes.toString("base64") };
  const text = decodeText(bytes, collation === binaryCollation ? 45 : collation);
  return text ?? { base64: bytes.toString("base64") };
}

function zeroFilled(text: string, of: ValueType): string {
  return (of.flags & ColumnFlag.ZEROFILL) !== 0 && !text.startsWith("-") ? text.padStart(Math.min(of.length, 255), "0") : text;
}

const digits2 = (value: number): string => (value < 10 ? `0${value}` : String(value));
const digits4 = (value: number): string => String(value).padStart(4, "0");

function fraction(micros: number, decimals: number): string {
  if (micros === 0) return decimals === 0 || decimals > 6 ? "" : `.${"0".repeat(decimals)}`;
  const digits = String(micros).padStart(6, "0");
  // MySQL's own columns, as those of SHOW CREATE TRIGGER, have decimals that their definitions do not tell.
  const there = digits.replace(/0+$/, "").length;
  return `.${digits.slice(0, Math.max(Math.min(decimals, 6), there))}`;
}

function date(reader: PacketReader): string {
  return `${digits4(reader.uint16())}-${digits2(reader.uint8())}-${digits2(reader.uint8())}`;
}

function clock(reader: PacketReader): string {
  return `${digits2(reader.uint8())}:${digits2(reader.uint8())}:${digits2(reader.uint8())}`;
}

function dateValue(reader: PacketReader): string {
  const length = reader.uint8();
  if (length === 0) return "0000-00-00";
  if (length < 4) throw new MalformedPacket(`a DATE of ${length} bytes`);
  const text = date(reader);
  reader.skip(length - 4);
  return text;
}

function dateTimeValue(reader: PacketReader, decimals: number): string {
  const length = reader.uint8();
  if (length !== 0 && length !== 4 && length !== 7 && length !== 11) throw new MalformedPacket(`a DATETIME of ${length} bytes`);
  const day = length >= 4 ? date(reader) : "0000-00-00";
  const time = length >= 7 ? clock(reader) : "00:00:00";
  const micros = length === 11 ? reader.uint32() : 0;
  return `${day} ${time}${fraction(micros, decimals)}`;
}

function timeValue(reader: PacketReader, decimals: number): string {
  const length = reader.uint8();
  if (length === 0) return `00:00:00${fraction(0, decimals)}`;
  if (length !== 8 && length !== 12) throw new MalformedPacket(`a TIME of ${length} bytes`);
  const sign = reader.uint8() === 0 ? "" : "-";
  const days = reader.uint32();
  const hours = days * 24 + reader.uint8();
  const minutes = digits2(reader.uint8());
  const seconds = digits2(reader.uint8());
  const micros = length === 12 ? reader.uint32() : 0;
  return `${sign}${digits2(hours)}:${minutes}:${seconds}${fraction(micros, decimals)}`;
}

function floatingValue(value: number, shortest: string, of: ValueType): string {
  if (!Number.isFinite(value)) return String(value);
  const text = of.decimals < 31 ? fixedText(value, shortest, of.decimals) : generalText(value, shortest);
  return zeroFilled(text, of);
}

function integerValue(reader: PacketReader, bytes: 1 | 2 | 4, of: ValueType): string {
  const raw = bytes === 1 ? reader.uint8() : bytes === 2 ? reader.uint16() : reader.uint32();
  const half = 2 ** (bytes * 8 - 1);
  const value = (of.flags & ColumnFlag.UNSIGNED) === 0 && raw >= half ? raw - 2 * half : raw;
  return zeroFilled(String(value), of);
}

function bigIntegerValue(reader: PacketReader, of: ValueType): string {
  const raw = reader.uint64();
  return zeroFilled(String((of.flags & ColumnFlag.UNSIGNED) === 0 ? BigInt.asIntN(64, raw) : raw), of);
}

/** Reads one non-NULL value of a binary row or parameter. Throws `MalformedPacket`. */
export function readBinaryValue(reader: PacketReader, of: ValueType): Value {
  switch (of.type) {
    case ColumnType.TINY:
      return integerValue(reader, 1, of);
    case ColumnType.SHORT:
      return integerValue(reader, 2, of);
    case ColumnType.YEAR:
      return String(reader.uint16()).padStart(of.length === 2 ? 2 : 4, "0");
    case ColumnType.LONG:
    case ColumnType.INT24:
      return integerValue(reader, 4, of);
    case ColumnType.LONGLONG:
      return bigIntegerValue(reader, of);
    case ColumnType.FLOAT: {
      const value = reader.bytes(4).readFloatLE();
      return floatingValue(value, shortestFloat32(value), of);
    }
    case ColumnType.DOUBLE: {
      const value = reader.bytes(8).readDoubleLE();
      return floatingValue(value, String(value), of);
    }
    case ColumnType.DATE:
    case ColumnType.NEWDATE:
      return dateValue(reader);
    case ColumnType.DATETIME:
    case ColumnType.TIMESTAMP:
    case ColumnType.DATETIME2:
    case ColumnType.TIMESTAMP2:
      return dateTimeValue(reader, of.decimals);
    case ColumnType.TIME:
    case ColumnType.TIME2:
      return timeValue(reader, of.decimals);
    case ColumnType.NULL:
      return null;
    default:
      return stringValue(reader.lengthEncodedBytes(), of.type, of.collation);
  }
}
