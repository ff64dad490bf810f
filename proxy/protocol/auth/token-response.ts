/**
 * A token in place of a password: NUL-terminated in mysql_clear_password, and in authentication_openid_connect_client a byte of
 * capabilities, of which there is one, and the token behind its length:
 * https://dev.mysql.com/doc/refman/9.7/en/openid-pluggable-authentication.html
 */
import { type Decoded, decoding } from "../packet-reader.ts";
import { AuthPlugin } from "./auth-plugin.ts";

/** The token in a client's answer, without copying; empty where the client has none. */
export function decodeTokenResponse(plugin: string, authResponse: Buffer): Decoded<Buffer> {
  return decoding("the token", authResponse, (reader) => {
    if (plugin === AuthPlugin.clearPassword) return reader.bytesToNulOrEnd();
    if (reader.remaining === 0) return Buffer.alloc(0);
    reader.skip(1);
    return reader.lengthEncodedBytes();
  });
}
