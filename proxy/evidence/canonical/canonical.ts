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
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new TypeError(`This value has no canonical JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (text === undefined) throw new TypeError("Nothing has no canonical JSON.");
  return text;
}
