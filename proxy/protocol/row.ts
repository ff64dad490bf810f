/** Rows of text and binary result sets: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html */
import type { Value } from "../model/value.ts";
import { readBinaryValue, stringValue, type ValueType } from "./binary-value.ts";
import type { ColumnDefinition } from "./column-definition.ts";
import { type Decoded, decoding, type PacketReader } from "./packet-reader.ts";

/** What reading the values of a column needs of its definition. */
function valueTypeOf(definition: ColumnDefinition): ValueType {
  const { flags, characterSet, decimals, length } = definition.column;
  return { type: definition.type, flags, collation: characterSet, decimals, length };
}

function readTextRow(reader: PacketReader, columns: readonly ColumnDefinition[]): Value[] {
  return columns.map(({ type, column }) => {
    if (reader.peek() === 0xfb) {
      reader.skip(1);
      return null;
    }
    return stringValue(reader.lengthEncodedBytes(), type, column.characterSet);
  });
}

function readBinaryRow(reader: PacketReader, columns: readonly ColumnDefinition[]): Value[] {
  reader.skip(1);
  const nulls = reader.bytes((columns.length + 9) >> 3);
  return columns.map((definition, index) => {
    const bit = index + 2;
    const isNull = ((nulls[bit >> 3] as number) & (1 << (bit & 7))) !== 0;
    return isNull ? null : readBinaryValue(reader, valueTypeOf(definition));
  });
}

/** Decodes one row's payload into values in the order of `columns`. */
export function decodeRow(payload: Buffer, columns: readonly ColumnDefinition[], binary: boolean): Decoded<Value[]> {
  return decoding(binary ? "binary row" : "text row", payload, (reader) =>
    binary ? readBinaryRow(reader, columns) : readTextRow(reader, columns),
  );
}
