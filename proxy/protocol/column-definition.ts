/** ColumnDefinition41: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
import type { Column } from "../model/statement.ts";
import { ColumnFlag, sqlTypeName } from "./column-type.ts";
import { type Decoded, decoding } from "./packet-reader.ts";

/** A decoded definition: the model's column and the protocol's type number. */
export interface ColumnDefinition {
  readonly column: Column;
  readonly type: number;
}

/** Decodes a ColumnDefinition41's payload. Names are UTF-8 (`character_set_results` is not applied to them here). */
export function decodeColumnDefinition(payload: Buffer): Decoded<ColumnDefinition> {
  return decoding("ColumnDefinition41", payload, (reader) => {
    reader.lengthEncodedBytes();
    const schema = reader.lengthEncodedText();
    const table = reader.lengthEncodedText();
    const orgTable = reader.lengthEncodedText();
    const name = reader.lengthEncodedText();
    const orgName = reader.lengthEncodedText();
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
