/** ColumnDefinition41: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
import type { Column } from "../model/statement.ts";
import { ColumnFlag, ColumnType, sqlTypeName } from "./column-type.ts";
import { type Decoded, decoding } from "./packet-reader.ts";

/** A decoded definition: the model's column and the protocol's type number. */
export interface ColumnDefinition {
  readonly column: Column;
  readonly type: number;
}

/** Most columns that a result set can have (MySQL's and MariaDB's own limit). */
const mostColumns = 4096;

/**
 * Stand-ins for definitions that a text result set left out, made of its column count packet's payload: nameless
 * strings; `null` where the count is none.
 */
export function undefinedColumns(payload: Buffer): ColumnDefinition[] | null {
  const count = decoding("column count", payload, (reader) => reader.lengthEncoded());
  if (!count.ok || count.value > mostColumns) return null;
  const names = { name: "", orgName: "", table: "", orgTable: "", schema: "" };
  const column = { ...names, type: "VARCHAR", unsigned: false, characterSet: 45, length: 0, decimals: 0, flags: 0 };
  return Array.from({ length: count.value }, () => ({ column, type: ColumnType.VAR_STRING }));
}

/**
 * Decodes a ColumnDefinition41's payload. Names are UTF-8 (`character_set_results` is not applied to them here).
 * `extended`: whether MariaDB's extended metadata (more exact type and format names) stand behind the names.
 */
export function decodeColumnDefinition(payload: Buffer, extended = false): Decoded<ColumnDefinition> {
  return decoding("ColumnDefinition41", payload, (reader) => {
    reader.lengthEncodedBytes();
    const schema = reader.lengthEncodedText();
    const table = reader.lengthEncodedText();
    const orgTable = reader.lengthEncodedText();
    const name = reader.lengthEncodedText();
    const orgName = reader.lengthEncodedText();
    if (extended) reader.lengthEncodedBytes();
    reader.lengthEncoded();
    const characterSet = reader.uint16();
    const length = reader.uint32();
    const type = reader.uint8();
    const flags = reader.uint16();
    const decimals = reader.uint8();
    const unsigned = (flags & ColumnFlag.UNSIGNED) !== 0;
    const column = {
      name,
      orgName,
      table,
      orgTable,
      schema,
      type: sqlTypeName(type, flags, characterSet),
      unsigned,
      characterSet,
      length,
      decimals,
      flags,
    };
    return { column, type };
  });
}
