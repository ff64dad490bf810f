/** OK_Packet: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html */
import { type Decoded, decoding } from "./packet-reader.ts";

/** The fields that every OK_Packet starts with; its text and the session's state changes may follow them. */
export interface OkPacket {
  readonly affectedRows: bigint;
  readonly lastInsertId: bigint;
  readonly statusFlags: number;
  readonly warnings: number;
}

/** Decodes the start of an OK_Packet's payload (header 0x00, or 0xFE where it ends a result set). */
export function decodeOkPacket(payload: Buffer): Decoded<OkPacket> {
  return decoding("OK_Packet", payload, (reader) => {
    reader.skip(1);
    const affectedRows = reader.lengthEncodedBigInt();
    const lastInsertId = reader.lengthEncodedBigInt();
    return { affectedRows, lastInsertId, statusFlags: reader.uint16(), warnings: reader.uint16() };
  });
}
