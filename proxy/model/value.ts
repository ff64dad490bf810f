/**
 * One value of a result row or one parameter of a prepared statement: the text that MySQL's text protocol
 * would give (decoded to Unicode), `null` for SQL NULL, `{ base64 }` for bytes that are not text. Floating-point numbers that
 * came in binary have all their digits, where the text protocol would round them.
 */
export type Value = string | null | { readonly base64: string };

/** Microseconds since the Unix epoch, as a number (exact until the year 2255). */
export type UnixMicros = number;

/** ISO 8601 in UTC with microseconds, e.g. `2026-11-22T15:22:51.123456Z`. */
export function isoMicros(at: UnixMicros): string {
  const whole = Math.floor(at / 1000);
  const micros = String(at - whole * 1000).padStart(3, "0");
  return `${new Date(whole).toISOString().slice(0, -1)}${micros}Z`;
}
