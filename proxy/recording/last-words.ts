import { decodeErrPacket } from "../protocol/err-packet.ts";

/**
 * What an upstream says in `payload`, which answers nothing, as a sentence: MySQL sends an ERR_Packet before it closes a
 * session that idled for too long. `null` where it is no ERR_Packet. `characterSet`: collation id of the message.
 */
export function lastWordsIn(payload: Buffer, characterSet: number | null): string | null {
  if (payload[0] !== 0xff) return null;
  const err = decodeErrPacket(payload, characterSet);
  return err.ok ? `Error ${err.value.errno} (${err.value.sqlstate}): ${err.value.message}` : null;
}
