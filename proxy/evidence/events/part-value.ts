/** Values as they are committed to: everything that was recorded, in a form that has canonical JSON and lines of bounded length. */
import type { Parameter } from "../../model/statement.ts";
import type { Value } from "../../model/value.ts";
import { sha256 } from "../merkle/hash.ts";

/** A value of more characters (of text, or of base64) is stood for by its hash; the recording itself holds it. */
export const longValue = 1024 * 1024;

/** SHA-256 in hexadecimal and length of the text in UTF-8, or of the bytes. */
export interface LongValue {
  readonly long: { readonly sha256: string; readonly bytes: number; readonly kind: "text" | "base64" };
}

/** One cell, or the value of a parameter. */
export type PartValue = Value | LongValue | { readonly undecoded: true };

/** A cell of a row that cannot be decoded. */
export const undecoded: PartValue = { undecoded: true };

/** Characters that a value takes; they are what limits of length are counted in. */
export function lengthOf(value: PartValue): number {
  return typeof value === "string" ? value.length : value !== null && "base64" in value ? value.base64.length : 0;
}

/** `value` as it is committed to; stood for by its hash where it has more than `most` characters. */
export function partValue(value: Value, most = longValue): PartValue {
  return lengthOf(value) > most ? standIn(value) : value;
}

function standIn(value: Value): PartValue {
  if (value === null) return null;
  const kind = typeof value === "string" ? "text" : "base64";
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value.base64, "base64");
  return { long: { sha256: sha256(bytes).toString("hex"), bytes: bytes.length, kind } };
}

/** A parameter, or a query attribute, as it is committed to. */
export interface PartParameter {
  readonly name: string | null;
  readonly type: string;
  readonly unsigned: boolean;
  readonly value: PartValue;
  readonly indicator: "default" | "ignore" | null;
}

export function partParameter({ name, type, unsigned, value, indicator }: Parameter, most = longValue): PartParameter {
  return { indicator: indicator ?? null, name, type, unsigned, value: partValue(value, most) };
}

/** The parameters of one execution of several, which are one part: once they are long together, those that follow are stood for. */
export function partParameters(parameters: readonly Parameter[]): PartParameter[] {
  let room = longValue;
  return parameters.map((parameter) => {
    const part = partParameter(parameter, room);
    room -= Math.min(room, lengthOf(part.value));
    return part;
  });
}

/**
 * `value` so that it has a canonical form: U+FFFD for lone surrogates, which some character sets and any JSON can have, `null` for
 * numbers beyond a double.
 */
export function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]));
}
