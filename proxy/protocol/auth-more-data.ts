/**
 * Protocol::AuthMoreData, what an authentication plugin of a server says beyond its first packet:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_more_data.html
 */

export const authMoreDataHeader = 0x01;

/** Encodes an AuthMoreData's payload. */
export function encodeAuthMoreData(pluginData: Buffer): Buffer {
  return Buffer.concat([Buffer.of(authMoreDataHeader), pluginData]);
}

/** The plugin's part of an AuthMoreData's payload. */
export function pluginDataOf(payload: Buffer): Buffer {
  return payload.subarray(1);
}
