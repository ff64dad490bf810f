/** COM_STMT_EXECUTE as a client writes it: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html */
import { PacketWriter } from "../../../proxy/protocol/packet-writer.ts";

/** One parameter: its type byte, with 0x80 in the second where unsigned, and its value's bytes; `null` is SQL NULL. */
export interface BoundParameter {
  readonly type: number;
  readonly unsigned?: boolean;
  readonly value: Buffer | null;
}

export interface Execution {
  readonly statement: number;
  /** Cursor type; 0 for none. */
  readonly flags?: number;
  readonly parameters?: readonly BoundParameter[];
  /** Whether types are sent; a client leaves them out when it executes again. */
  readonly types?: boolean;
}

/** The command's payload. `attributes`: whether CLIENT_QUERY_ATTRIBUTES is in force; no attribute is sent. */
export function executePacket(execution: Execution, attributes: boolean): Buffer {
  const { statement, flags = 0, parameters = [], types = true } = execution;
  const writer = new PacketWriter().uint8(0x17).uint32(statement);
  writer.uint8(attributes ? flags | 8 : flags).uint32(1);
  if (attributes) writer.lengthEncoded(parameters.length);
  if (parameters.length === 0) return writer.payload();
  const nulls = Buffer.alloc((parameters.length + 7) >> 3);
  parameters.forEach(({ value }, index) => {
    if (value === null) nulls[index >> 3] = (nulls[index >> 3] ?? 0) | (1 << (index & 7));
  });
  writer.bytes(nulls).uint8(types ? 1 : 0);
  if (types) {
    for (const { type, unsigned } of parameters) {
      writer.uint8(type).uint8(unsigned === true ? 0x80 : 0);
      if (attributes) writer.lengthEncoded(0);
    }
  }
  for (const { value } of parameters) if (value !== null) writer.bytes(value);
  return writer.payload();
}

/** A value behind its length. */
export function counted(value: Buffer | string): Buffer {
  return new PacketWriter().lengthEncodedBytes(Buffer.from(value)).payload();
}
