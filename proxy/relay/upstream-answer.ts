/** The two ways in which an upstream ends a sign-in. */
import { decodeErrPacket } from "../protocol/err-packet.ts";
import { fromUpstream, Refused } from "./dialogue.ts";

/** The first byte of an OK_Packet that ends a sign-in. */
export const okHeader = 0x00;
/** The first byte of an ERR_Packet, also of one that comes in place of a greeting. */
export const errHeader = 0xff;

/** How a sign-in ended well. */
export interface SignedIn {
  /** Payload of the upstream's OK_Packet. */
  readonly okPayload: Buffer;
  /** The plugin that the last factor used. */
  readonly plugin: string | null;
  /** The scramble that the upstream sent last: it is in force until the upstream sends another. */
  readonly scramble: Buffer;
}

/** The refusal that is the upstream's own, relayed byte for byte. */
export function refusedByUpstream(errPayload: Buffer): Refused {
  const err = fromUpstream(decodeErrPacket(errPayload));
  const detail = `The upstream refused: ${err.message} (${err.errno}, ${err.sqlstate}).`;
  return new Refused({ cause: "sign-in-failed", detail, answer: errPayload, by: "upstream" });
}
