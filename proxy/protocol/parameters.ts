/**
 * Parameter blocks of COM_QUERY (query attributes) and COM_STMT_EXECUTE (parameters, then attributes).
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
 */
import type { Parameter } from "../model/statement.ts";
import type { Value } from "../model/value.ts";
import { readBinaryValue, stringValue, type ValueType } from "./binary-value.ts";
import { binaryCollation } from "./character-set.ts";
import { ColumnFlag, ColumnType, columnTypeName, isStringType } from "./column-type.ts";
import type { PacketReader } from "./packet-reader.ts";

/** Type of a parameter as bound: the protocol's type number, and its name where one was sent. */
export interface ParameterType {
  readonly type: number;
  readonly unsigned: boolean;
  readonly name: string | null;
}

const unsignedFlag = 0x8000;

const utf8Collation = 45;

/** Strings that clients send as text are in the session's character set; what they send as blobs stays bytes. */
function valueTypeFor(type: ParameterType, characterSet: number | null): ValueType {
  const blob = type.type >= ColumnType.TINY_BLOB && type.type <= ColumnType.BLOB;
  const collation = blob || !isStringType(type.type) ? binaryCollation : (characterSet ?? utf8Collation);
  return { type: type.type, flags: type.unsigned ? ColumnFlag.UNSIGNED : 0, collation, decimals: 31, length: 0 };
}

/** Reads which of `count` parameters are NULL, a bit each. The count may be any that was sent. Throws `MalformedPacket`. */
export function readNullBits(reader: PacketReader, count: number): Buffer {
  return reader.bytes(Math.ceil(count / 8));
}

/** Reads the type of each of `count` parameters. Throws `MalformedPacket`. */
export function readParameterTypes(reader: PacketReader, count: number, named: boolean): ParameterType[] {
  const types: ParameterType[] = [];
  for (let index = 0; index < count; index += 1) {
    const raw = reader.uint16();
    types.push({ type: raw & 0xff, unsigned: (raw & unsignedFlag) !== 0, name: named ? reader.lengthEncodedText() : null });
  }
  return types;
}

/** What besides their block the values of parameters are read from. */
export interface ParameterSource {
  /** Bytes that came by COM_STMT_SEND_LONG_DATA, by parameter index; those are not in the block. */
  readonly longValues: ReadonlyMap<number, Buffer>;
  /** Collation id of strings; `null` for UTF-8. */
  readonly characterSet: number | null;
}

/** Reads the values of parameters whose types are known. Throws `MalformedPacket`. */
export function readParameterValues(
  reader: PacketReader,
  types: readonly ParameterType[],
  nulls: Buffer,
  { longValues, characterSet }: ParameterSource,
): Parameter[] {
  return types.map((type, index) => {
    const long = longValues.get(index);
    if (long !== undefined) return parameter(type, stringValue(long, type.type, valueTypeFor(type, characterSet).collation));
    const isNull = ((nulls[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    return isNull ? nullParameter(type) : readParameterValue(reader, type, characterSet);
  });
}

/** Reads the value of one parameter that is not NULL. Throws `MalformedPacket`. */
export function readParameterValue(reader: PacketReader, type: ParameterType, characterSet: number | null): Parameter {
  return parameter(type, readBinaryValue(reader, valueTypeFor(type, characterSet)));
}

/** A parameter that is NULL. */
export function nullParameter(type: ParameterType): Parameter {
  return parameter(type, null);
}

function parameter({ name, type, unsigned }: ParameterType, value: Value): Parameter {
  return { name, type: columnTypeName(type), unsigned, value };
}
