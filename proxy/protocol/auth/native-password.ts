/**
 * mysql_native_password:
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods_native_password_authentication.html
 */
import { createHash } from "node:crypto";
import { xor } from "./xor.ts";

function sha1(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The client's response to `scramble` (20 bytes): 20 bytes, or none for the empty password. */
export function nativePasswordResponse(password: string, scramble: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const once = sha1(Buffer.from(password, "utf8"));
  return xor(once, sha1(scramble, sha1(once)));
}
