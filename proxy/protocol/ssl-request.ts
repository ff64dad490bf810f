/**
 * Protocol::SSLRequest, the first 32 bytes of a HandshakeResponse41 sent ahead of the TLS handshake:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html
 */
import { Capability, has } from "./capabilities.ts";
import { PacketWriter } from "./packet-writer.ts";

/** Fixed fields that SSLRequest and HandshakeResponse41 begin with. */
export interface ResponseHead {
  readonly capabilities: number;
  readonly maxPacketSize: number;
  readonly characterSet: number;
  /** MariaDB's extended capabilities; 0 from and for MySQL. */
  readonly mariaDbCapabilities: number;
}

/** Length of an SSLRequest's payload, and of the head of a HandshakeResponse41. */
export const responseHeadLength = 32;

/** Whether a client's first packet is an SSLRequest: TLS demanded, and nothing after the fixed fields. */
export function isSslRequest(payload: Buffer): boolean {
  return payload.length === responseHeadLength && has(payload.readUInt32LE(0), Capability.SSL);
}

/** Writes the fixed fields; with `CLIENT_SSL` among the capabilities this alone is an SSLRequest's payload. */
export function writeResponseHead(head: ResponseHead): PacketWriter {
  return new PacketWriter()
    .uint32(head.capabilities)
    .uint32(head.maxPacketSize)
    .uint8(head.characterSet)
    .zeros(19)
    .uint32(head.mariaDbCapabilities);
}
