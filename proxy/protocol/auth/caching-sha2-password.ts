/**
 * caching_sha2_password: https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html
 */
import { createHash } from "node:crypto";
import { xor } from "./xor.ts";

/** What a client sends to ask for the server's RSA key. */
export const cachingSha2PublicKeyRequest = 0x02;
/** AuthMoreData of a server whose cache knows the account: an OK_Packet follows. */
export const fastAuthSuccess = 0x03;
/** AuthMoreData of a server that wants the password itself, over TLS or encrypted with its RSA key. */
export const performFullAuthentication = 0x04;

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The client's response to `scramble` (20 bytes) for the fast path: 32 bytes, or none for the empty password. */
export function cachingSha2Response(password: string, scramble: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const once = sha256(Buffer.from(password, "utf8"));
  return xor(once, sha256(sha256(once), scramble));
}
