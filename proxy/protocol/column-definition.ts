/** ColumnDefinition41: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_column_definition.html */
import type { Column } from "../model/statement.ts";
import { mostColumns } from "./answer.ts";
import { decodeName } from "./character-set.ts";
import { ColumnFlag, ColumnType, sqlTypeName } from "./column-type.ts";
import { type Decoded, decoding } from "./packet-reader.ts";

/** A decoded definition: the model's column and the protocol's type number. */
export interface ColumnDefinition {
  readonly column: Column;
  readonly type: number;
}

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

/** What must be known of a session to read its column definitions. */
export interface DefinitionContext {
  /** Whether MariaDB's extended metadata (more exact type and format names) stand behind the names. */
  readonly extended: boolean;
  /** Collation id of the names (`character_set_results`); `null` for UTF-8. */
  readonly characterSet: number | null;
}

const usualContext: DefinitionContext = { extended: false, characterSet: null };

/** Decodes a ColumnDefinition41's payload. */
export function decodeColumnDefinition(payload: Buffer, context: DefinitionContext = usualContext): Decoded<ColumnDefinition> {
  return decoding("ColumnDefinition41", payload, (reader) => {
    reader.lengthEncodedBytes();
    const text = (): string => decodeName(reader.lengthEncodedBytes(), context.characterSet);
    const schema = text();
    const table = text();
    const orgTable = text();
    const name = text();
    const orgName = text();
    if (context.extended) reader.lengthEncodedBytes();
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
