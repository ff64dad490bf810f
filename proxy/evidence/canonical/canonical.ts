/** The one way to write a value as JSON that is hashed or signed: RFC 8785. */
import canonicalize from "canonicalize";

/**
 * `value` as canonical JSON in UTF-8. A negative zero is written as `0`, and members that are `undefined` are left out. Throws a
 * `TypeError` for what has no canonical form: NaN, infinities, a lone surrogate in a text, a circle, nothing at all.
 */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalText(value), "utf8");
}

/** As `canonicalBytes`, as text. */
export function canonicalText(value: unknown): string {
  return nativeText(value) ?? packageText(value);
}

/** Levels that are looked at: what nests deeper, or is a circle, is left to the package. */
const flatLevels = 4;

/**
 * JSON.stringify writes values as RFC 8785 wants them, and objects in the order of their members: where that order is right, it is
 * several times as fast as the package. `null` where it is not.
 */
function nativeText(value: unknown): string | null {
  if (!isInOrder(value, flatLevels)) return null;
  const text = JSON.stringify(value);
  // It writes a lone surrogate as an escape, which has no canonical form.
  return text.includes("\\ud") ? null : text;
}

function isInOrder(value: unknown, levels: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || levels === 0) return false;
  if (Array.isArray(value)) return areInOrder(value, levels - 1);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  let last = "";
  for (const name of Object.keys(value)) {
    if (name < last || !isInOrder((value as Record<string, unknown>)[name], levels - 1)) return false;
    last = name;
  }
  return true;
}

/** Not `every`, which passes over holes. */
function areInOrder(values: readonly unknown[], levels: number): boolean {
  for (const value of values) if (!isInOrder(value, levels)) return false;
  return true;
}

function packageText(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new TypeError(`This value has no canonical JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (text === undefined) throw new TypeError("Nothing has no canonical JSON.");
  return text;
}
