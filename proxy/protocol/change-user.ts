/** COM_CHANGE_USER: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html */
import { Capability, has } from "./capabilities.ts";
import { type Decoded, decoding } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";

export const changeUserCommand = 0x11;

/** Names are bytes in the client's character set, so that they go on unchanged. */
export interface ChangeUser {
  readonly user: Buffer;
  readonly authResponse: Buffer;
  readonly schema: Buffer;
  /** `null` where the client leaves it to the server. */
  readonly characterSet: number | null;
  readonly authPlugin: string | null;
  /** The connection attributes' keys and values as sent. */
  readonly attributes: Buffer | null;
}

/** Decodes a COM_CHANGE_USER's payload, command byte included. `capabilities` as in force. */
export function decodeChangeUser(payload: Buffer, capabilities: number): Decoded<ChangeUser> {
  return decoding("COM_CHANGE_USER", payload, (reader) => {
    reader.skip(1);
    const user = reader.bytesToNulOrEnd();
    const counted = has(capabilities, Capability.SECURE_CONNECTION) && reader.remaining > 0;
    const authResponse = counted ? reader.bytes(reader.uint8()) : reader.bytesToNulOrEnd();
    const schema = reader.bytesToNulOrEnd();
    const characterSet = reader.remaining > 1 ? reader.uint16() : null;
    const named = has(capabilities, Capability.PLUGIN_AUTH) && reader.remaining > 0;
    const authPlugin = named ? reader.textToNulOrEnd() : null;
    const hasAttributes = has(capabilities, Capability.CONNECT_ATTRS) && reader.remaining > 0;
    const attributes = hasAttributes ? reader.lengthEncodedBytes() : null;
    return { user, authResponse, schema, characterSet, authPlugin, attributes };
  });
}

/** Encodes a COM_CHANGE_USER's payload, command byte included; a field that is `null` ends it. */
export function encodeChangeUser(change: ChangeUser, capabilities: number): Buffer {
  const writer = new PacketWriter().uint8(changeUserCommand).nulTerminated(change.user);
  if (has(capabilities, Capability.SECURE_CONNECTION)) writer.uint8(change.authResponse.length).bytes(change.authResponse);
  else writer.nulTerminated(change.authResponse);
  writer.nulTerminated(change.schema);
  if (change.characterSet === null) return writer.payload();
  writer.uint16(change.characterSet);
  if (!has(capabilities, Capability.PLUGIN_AUTH) || change.authPlugin === null) return writer.payload();
  writer.nulTerminated(change.authPlugin);
  if (has(capabilities, Capability.CONNECT_ATTRS) && change.attributes !== null) writer.lengthEncodedBytes(change.attributes);
  return writer.payload();
}
