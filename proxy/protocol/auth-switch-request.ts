/**
 * Protocol::AuthSwitchRequest, with which a server asks for another authentication plugin:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_switch_request.html
 * and Protocol::AuthNextFactor, the same layout under another header byte, which asks for one more factor:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_next_factor_request.html
 */
import { type Decoded, decoding } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";

export const authSwitchHeader = 0xfe;
export const authNextFactorHeader = 0x02;

export interface AuthSwitchRequest {
  readonly plugin: string;
  /** The plugin's data; a scramble comes with a trailing NUL, which `scrambleOf` takes off. */
  readonly pluginData: Buffer;
}

/** Decodes the payload of an AuthSwitchRequest or AuthNextFactor. Protocol::OldAuthSwitchRequest (one byte) is malformed here. */
export function decodeAuthSwitchRequest(payload: Buffer): Decoded<AuthSwitchRequest> {
  return decoding("AuthSwitchRequest", payload, (reader) => {
    reader.skip(1);
    return { plugin: reader.nulTerminatedText(), pluginData: reader.rest() };
  });
}

/** Encodes an AuthSwitchRequest that carries `scramble`. */
export function encodeAuthSwitchRequest(plugin: string, scramble: Buffer): Buffer {
  return new PacketWriter().uint8(authSwitchHeader).nulTerminated(plugin).nulTerminated(scramble).payload();
}

/** The scramble in a plugin's data: without the NUL that ends it on the wire. */
export function scrambleOf(pluginData: Buffer): Buffer {
  return pluginData.at(-1) === 0 ? pluginData.subarray(0, -1) : pluginData;
}
