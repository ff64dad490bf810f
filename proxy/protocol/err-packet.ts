/** ERR_Packet: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html */
import { decodeName } from "./character-set.ts";
import { type Decoded, decoding } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";

export interface ErrPacket {
  readonly errno: number;
  /** Five characters; `HY000` where the packet carries none (before the Connection phase agreed on 4.1). */
  readonly sqlstate: string;
  readonly message: string;
}

/**
 * Decodes an ERR_Packet's payload, header byte 0xFF included. `characterSet`: collation id of the message; UTF-8 where it
 * is not known, or the message is not text in it.
 */
export function decodeErrPacket(payload: Buffer, characterSet: number | null = null): Decoded<ErrPacket> {
  return decoding("ERR_Packet", payload, (reader) => {
    reader.skip(1);
    const errno = reader.uint16();
    let sqlstate = "HY000";
    if (reader.peek() === 0x23 && reader.remaining >= 6) {
      reader.skip(1);
      sqlstate = reader.bytes(5).toString("latin1");
    }
    return { errno, sqlstate, message: decodeName(reader.rest(), characterSet) };
  });
}

/** Encodes an ERR_Packet's payload. `withSqlState` is false only before a client has said that it speaks 4.1. */
export function encodeErrPacket(err: ErrPacket, withSqlState = true): Buffer {
  const writer = new PacketWriter().uint8(0xff).uint16(err.errno);
  if (withSqlState) writer.text("#").text(err.sqlstate.padEnd(5, "0").slice(0, 5));
  return writer.text(err.message).payload();
}
