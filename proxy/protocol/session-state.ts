/**
 * Session state changes at the end of an OK_Packet (`CLIENT_SESSION_TRACK`):
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html#sect_protocol_basic_ok_packet_sessinfo
 */
import type { SessionStateChange } from "../model/statement.ts";
import { Capability, has, ServerStatus } from "./capabilities.ts";
import { type Decoded, decoding, PacketReader } from "./packet-reader.ts";

const StateChange = { systemVariables: 0, schema: 1, gtids: 3 } as const;

/** Decodes what an OK_Packet's payload (header 0x00 or 0xFE) says of the session's state; `null` where it says nothing. */
export function decodeSessionState(payload: Buffer, capabilities: number): Decoded<SessionStateChange | null> {
  return decoding("OK_Packet", payload, (reader) => {
    reader.skip(1);
    reader.lengthEncodedBigInt();
    reader.lengthEncodedBigInt();
    const status = reader.uint16();
    reader.skip(2);
    if (!has(capabilities, Capability.SESSION_TRACK) || !has(status, ServerStatus.SESSION_STATE_CHANGED)) return null;
    reader.lengthEncodedBytes();
    const changes = new PacketReader(reader.lengthEncodedBytes());
    let schema: string | null = null;
    let gtid: string | null = null;
    const variables: [string, string][] = [];
    while (changes.remaining > 0) {
      const type = changes.uint8();
      const entry = new PacketReader(changes.lengthEncodedBytes());
      if (type === StateChange.systemVariables) {
        while (entry.remaining > 0) variables.push([entry.lengthEncodedText(), entry.lengthEncodedText()]);
      } else if (type === StateChange.schema) {
        schema = entry.lengthEncodedText();
      } else if (type === StateChange.gtids) {
        entry.skip(1);
        gtid = entry.lengthEncodedText();
      }
    }
    const said = schema !== null || gtid !== null || variables.length > 0;
    return said ? { schema, variables: Object.fromEntries(variables), gtid } : null;
  });
}
