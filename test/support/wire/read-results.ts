/** Result sets out of the payloads of an answer. */
import type { Value } from "../../../proxy/model/value.ts";
import { type ColumnDefinition, decodeColumnDefinition } from "../../../proxy/protocol/column-definition.ts";
import type { Decoded } from "../../../proxy/protocol/packet-reader.ts";
import { decodeRow } from "../../../proxy/protocol/row.ts";

export interface ReadResult {
  readonly columns: readonly ColumnDefinition[];
  readonly rows: readonly (readonly Value[])[];
}

/** What was decoded; throws where it was malformed. */
export function decoded<T>(result: Decoded<T>): T {
  if (!result.ok) throw new Error(result.malformed);
  return result.value;
}

/**
 * The one result set of an answer without EOF_Packets between definitions and rows. `as`: the definitions to read values by, where
 * not those that were sent.
 */
export function readResult(
  answer: readonly Buffer[],
  binary: boolean,
  as = (definition: ColumnDefinition): ColumnDefinition => definition,
): ReadResult {
  const count = answer[0]?.[0] ?? 0;
  const columns = answer.slice(1, 1 + count).map((payload) => decoded(decodeColumnDefinition(payload)));
  const rows = answer.slice(1 + count, -1).map((payload) => decoded(decodeRow(payload, columns.map(as), binary)));
  return { columns, rows };
}
