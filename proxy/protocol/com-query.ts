/** COM_QUERY: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html */
import type { Parameter } from "../model/statement.ts";
import { Capability, has } from "./capabilities.ts";
import { type Decoded, decoding } from "./packet-reader.ts";
import { readNullBits, readParameterTypes, readParameterValues } from "./parameters.ts";

export interface ComQuery {
  /** The statement's bytes, in the character set of the session. */
  readonly text: Buffer;
  readonly attributes: readonly Parameter[];
}

const noLongValues: ReadonlyMap<number, Buffer> = new Map();

/** Decodes a COM_QUERY's payload, command byte included. `characterSet`: collation id of the attributes; `null` for UTF-8. */
export function decodeComQuery(payload: Buffer, capabilities: number, characterSet: number | null = null): Decoded<ComQuery> {
  if (!has(capabilities, Capability.QUERY_ATTRIBUTES)) return { ok: true, value: { text: payload.subarray(1), attributes: [] } };
  return decoding("COM_QUERY", payload, (reader) => {
    reader.skip(1);
    const count = reader.lengthEncoded();
    reader.lengthEncoded();
    let attributes: readonly Parameter[] = [];
    if (count > 0) {
      const nulls = readNullBits(reader, count);
      reader.skip(1);
      attributes = readParameterValues(reader, readParameterTypes(reader, count, true), nulls, { longValues: noLongValues, characterSet });
    }
    return { text: reader.rest(), attributes };
  });
}
