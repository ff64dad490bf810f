/** Whether a value that the library shows is the one that a client's driver handed out. */
import type { Cell } from "../../api/contract.ts";
import type { Value } from "../../model/value.ts";
import { ColumnType } from "../../protocol/column-type.ts";

const floating: ReadonlySet<number> = new Set([ColumnType.FLOAT, ColumnType.DOUBLE]);
const temporal: ReadonlySet<number> = new Set([ColumnType.TIMESTAMP, ColumnType.DATETIME, ColumnType.TIME]);

/**
 * Equal to the byte, but for two things that drivers write in their own way: a floating-point number is equal as a
 * number, and a time of the binary protocol is equal without the zeros that end its fraction.
 */
export function sameValue(shown: Cell, received: Value, type: number): boolean {
  if (shown === null || received === null) return shown === received;
  if (typeof shown === "object" && "cutFrom" in shown) return false;
  if (bytesOf(shown).equals(bytesOf(received))) return true;
  if (typeof shown !== "string" || typeof received !== "string") return false;
  if (floating.has(type)) return Number(shown) === Number(received);
  return temporal.has(type) && withoutZeros(shown) === withoutZeros(received);
}

/** A value for a sentence, cut where it is long. */
export function valueInWords(value: Cell | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "NULL";
  const text =
    typeof value === "string" ? value : "text" in value ? value.text : `0x${Buffer.from(value.base64, "base64").toString("hex")}`;
  return text.length > 60 ? `“${text.slice(0, 60)}…”` : `“${text}”`;
}

function bytesOf(value: string | { readonly base64: string }): Buffer {
  return typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value.base64, "base64");
}

function withoutZeros(time: string): string {
  return time.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}
