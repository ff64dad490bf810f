/**
 * Protocol::HandshakeResponse41, the client's answer to the greeting:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html
 */
import { Capability, has } from "./capabilities.ts";
import { type Decoded, decoding, MalformedPacket, type PacketReader } from "./packet-reader.ts";
import type { PacketWriter } from "./packet-writer.ts";
import { type ResponseHead, writeResponseHead } from "./ssl-request.ts";

/** Names are bytes in the client's character set, so that they go on unchanged. */
export interface HandshakeResponse41 extends ResponseHead {
  readonly user: Buffer;
  readonly authResponse: Buffer;
  /** `null` unless `CLIENT_CONNECT_WITH_DB`. */
  readonly schema: Buffer | null;
  /** `null` unless `CLIENT_PLUGIN_AUTH`. */
  readonly authPlugin: string | null;
  /** The attributes' keys and values as sent; `null` unless `CLIENT_CONNECT_ATTRS`. */
  readonly attributes: Buffer | null;
  /** Level of compression that the sender asks for, 1 to 22; `null` unless `CLIENT_ZSTD_COMPRESSION_ALGORITHM`. */
  readonly zstdLevel: number | null;
}

const usualZstdLevel = 3;

/** Whether a client's first packet says that it speaks the protocol of 4.1; older clients send another layout. */
export function speaksProtocol41(payload: Buffer): boolean {
  return payload.length >= 4 && has(payload.readUInt16LE(0), Capability.PROTOCOL_41);
}

function readAuthResponse(reader: PacketReader, capabilities: number): Buffer {
  if (has(capabilities, Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA)) return reader.lengthEncodedBytes();
  if (has(capabilities, Capability.SECURE_CONNECTION)) return reader.bytes(reader.uint8());
  return reader.nulTerminatedBytes();
}

/** Decodes a HandshakeResponse41's payload. What follows the last field that the flags announce is left out. */
export function decodeHandshakeResponse41(payload: Buffer): Decoded<HandshakeResponse41> {
  return decoding("HandshakeResponse41", payload, (reader) => {
    const capabilities = reader.uint32();
    if (!has(capabilities, Capability.PROTOCOL_41)) throw new MalformedPacket("CLIENT_PROTOCOL_41 is not set");
    const maxPacketSize = reader.uint32();
    const characterSet = reader.uint8();
    reader.skip(19);
    const mariaDbCapabilities = reader.uint32();
    const user = reader.nulTerminatedBytes();
    const authResponse = readAuthResponse(reader, capabilities);
    const schema = has(capabilities, Capability.CONNECT_WITH_DB) ? reader.bytesToNulOrEnd() : null;
    const authPlugin = has(capabilities, Capability.PLUGIN_AUTH) ? reader.textToNulOrEnd() : null;
    const hasAttributes = has(capabilities, Capability.CONNECT_ATTRS) && reader.remaining > 0;
    const attributes = hasAttributes ? reader.lengthEncodedBytes() : null;
    const zstdLevel = has(capabilities, Capability.ZSTD_COMPRESSION_ALGORITHM) && reader.remaining > 0 ? reader.uint8() : null;
    const head = { capabilities, maxPacketSize, characterSet, mariaDbCapabilities };
    return { ...head, user, authResponse, schema, authPlugin, attributes, zstdLevel };
  });
}

function writeAuthResponse(writer: PacketWriter, capabilities: number, authResponse: Buffer): void {
  if (has(capabilities, Capability.PLUGIN_AUTH_LENENC_CLIENT_DATA)) writer.lengthEncodedBytes(authResponse);
  else if (has(capabilities, Capability.SECURE_CONNECTION)) writer.uint8(authResponse.length).bytes(authResponse);
  else writer.nulTerminated(authResponse);
}

/** Encodes a HandshakeResponse41's payload; the capability flags decide which fields are in it. */
export function encodeHandshakeResponse41(response: HandshakeResponse41): Buffer {
  const { capabilities } = response;
  const writer = writeResponseHead(response).nulTerminated(response.user);
  writeAuthResponse(writer, capabilities, response.authResponse);
  if (has(capabilities, Capability.CONNECT_WITH_DB)) writer.nulTerminated(response.schema ?? "");
  if (has(capabilities, Capability.PLUGIN_AUTH)) writer.nulTerminated(response.authPlugin ?? "");
  if (has(capabilities, Capability.CONNECT_ATTRS)) writer.lengthEncodedBytes(response.attributes ?? Buffer.alloc(0));
  if (has(capabilities, Capability.ZSTD_COMPRESSION_ALGORITHM)) writer.uint8(response.zstdLevel ?? usualZstdLevel);
  return writer.payload();
}
