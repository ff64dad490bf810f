import type { Cell } from "../model/cell.ts";
import type { Value } from "../model/value.ts";

/** Bytes of a value as it was on the wire, if that was UTF-8. */
export function bytesOf(value: Value): number {
  if (value === null) return 0;
  if (typeof value === "string") return Buffer.byteLength(value);
  return Buffer.byteLength(value.base64, "base64");
}

/** A value, cut to `limit` bytes where it is longer; 0 is no limit. */
export function cellOf(value: Value, limit: number): Cell {
  if (value === null || limit === 0) return value;
  const length = bytesOf(value);
  if (length <= limit) return value;
  if (typeof value === "string") return { text: cutText(value, limit), cutFrom: length };
  return { base64: Buffer.from(value.base64, "base64").subarray(0, limit).toString("base64"), cutFrom: length };
}

/** The longest beginning of a text that has at most `limit` bytes in UTF-8, without cutting a character. */
export function cutText(text: string, limit: number): string {
  const bytes = Buffer.allocUnsafe(limit);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  // A slice of the text would keep all of it in memory.
  return bytes.toString("utf8", 0, written);
}
