/** What is read of packets whose first bytes alone are at hand: `kept` bytes of a payload from `start` on. Never throws. */
import { maxPayload } from "./packet-writer.ts";

/** EOF_Packet, or an OK_Packet in its place: 0xFE starts a row only where its first value is longer than a packet. */
export function isTerminator(first: number, length: number): boolean {
  return first === 0xfe && length < maxPayload;
}

/** AuthMoreData of caching_sha2_password that says an OK_Packet follows: the client sends nothing. */
export function isFastAuthSuccess(bytes: Buffer, start: number, kept: number): boolean {
  return kept === 2 && bytes[start] === 0x01 && bytes[start + 1] === 0x03;
}

/** A length-encoded integer at `at` and where what follows it begins; `null` where it is none, or not there in full. */
export function lengthEncodedAt(bytes: Buffer, at: number, end: number): { value: number; next: number } | null {
  if (at >= end) return null;
  const first = bytes[at] as number;
  if (first < 0xfb) return { value: first, next: at + 1 };
  if (first === 0xfc && at + 3 <= end) return { value: bytes.readUInt16LE(at + 1), next: at + 3 };
  if (first === 0xfd && at + 4 <= end) return { value: bytes.readUIntLE(at + 1, 3), next: at + 4 };
  if (first === 0xfe && at + 9 <= end) return { value: Number(bytes.readBigUInt64LE(at + 1)), next: at + 9 };
  return null;
}

/** Server status of an EOF_Packet; 0 where it is not there. */
export function eofStatus(bytes: Buffer, start: number, kept: number): number {
  return kept >= 5 ? bytes.readUInt16LE(start + 3) : 0;
}

/** Server status of an OK_Packet; 0 where it is not there. */
export function okStatus(bytes: Buffer, start: number, kept: number): number {
  const end = start + kept;
  const affected = lengthEncodedAt(bytes, start + 1, end);
  const insertId = affected === null ? null : lengthEncodedAt(bytes, affected.next, end);
  return insertId !== null && insertId.next + 2 <= end ? bytes.readUInt16LE(insertId.next) : 0;
}
