/**
 * Protocol::HandshakeV10, the server's greeting:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
 * MariaDB's form of it: https://mariadb.com/kb/en/connection/#initial-handshake-packet
 */
import { Capability, has } from "./capabilities.ts";
import { type Decoded, decoding, MalformedPacket } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";

export interface HandshakeV10 {
  readonly serverVersion: string;
  readonly threadId: number;
  /** Authentication plugin data without its trailing NUL; 20 bytes from every server since 4.1. */
  readonly scramble: Buffer;
  readonly capabilities: number;
  /** MariaDB's extended capabilities; 0 from a MySQL server. */
  readonly mariaDbCapabilities: number;
  readonly characterSet: number;
  readonly statusFlags: number;
  readonly authPlugin: string | null;
}

/** Length of the part of the scramble that comes before the capability flags. */
const firstPart = 8;

/** Decodes a greeting's payload. A greeting of another protocol version is malformed. */
export function decodeHandshakeV10(payload: Buffer): Decoded<HandshakeV10> {
  return decoding("HandshakeV10", payload, (reader) => {
    const version = reader.uint8();
    if (version !== 10) throw new MalformedPacket(`protocol version ${version} where 10 was expected`);
    const serverVersion = reader.nulTerminatedText();
    const threadId = reader.uint32();
    const scrambleStart = reader.bytes(firstPart);
    reader.skip(1);
    let capabilities = reader.uint16();
    const characterSet = reader.remaining > 0 ? reader.uint8() : 0;
    const statusFlags = reader.remaining > 0 ? reader.uint16() : 0;
    if (reader.remaining > 0) capabilities = (capabilities | (reader.uint16() << 16)) >>> 0;
    const scrambleLength = reader.remaining > 0 ? reader.uint8() : 0;
    let mariaDbCapabilities = 0;
    if (reader.remaining > 0) {
      reader.skip(6);
      const extended = reader.uint32();
      if (!has(capabilities, Capability.LONG_PASSWORD)) mariaDbCapabilities = extended;
    }
    let scramble = Buffer.from(scrambleStart);
    if (has(capabilities, Capability.SECURE_CONNECTION) && reader.remaining > 0) {
      const rest = reader.bytes(Math.min(Math.max(13, scrambleLength - firstPart), reader.remaining));
      scramble = Buffer.concat([scrambleStart, rest.at(-1) === 0 ? rest.subarray(0, -1) : rest]);
    }
    const authPlugin = has(capabilities, Capability.PLUGIN_AUTH) && reader.remaining > 0 ? reader.textToNulOrEnd() : null;
    return { serverVersion, threadId, scramble, capabilities, mariaDbCapabilities, characterSet, statusFlags, authPlugin };
  });
}

/** Encodes a greeting's payload. */
export function encodeHandshakeV10(greeting: HandshakeV10): Buffer {
  const { capabilities, scramble } = greeting;
  const pluginAuth = has(capabilities, Capability.PLUGIN_AUTH);
  const writer = new PacketWriter()
    .uint8(10)
    .nulTerminated(greeting.serverVersion)
    .uint32(greeting.threadId)
    .bytes(scramble.subarray(0, firstPart))
    .uint8(0)
    .uint16(capabilities & 0xffff)
    .uint8(greeting.characterSet)
    .uint16(greeting.statusFlags)
    .uint16(capabilities >>> 16)
    .uint8(pluginAuth ? scramble.length + 1 : 0)
    .zeros(6)
    .uint32(greeting.mariaDbCapabilities);
  if (has(capabilities, Capability.SECURE_CONNECTION)) {
    const rest = scramble.subarray(firstPart);
    writer.bytes(rest).zeros(Math.max(1, 13 - rest.length));
  }
  if (pluginAuth) writer.nulTerminated(greeting.authPlugin ?? "");
  return writer.payload();
}
