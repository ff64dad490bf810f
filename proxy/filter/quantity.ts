import type { NumberField, NumberRange } from "./filter.ts";

const durationUnits: Readonly<Record<string, number>> = { us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, m: 60e6, min: 60e6, h: 3600e6 };
const spanUnits: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, min: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 };
const byteUnits: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
};

const written = /^(\d{1,15}(?:\.\d{1,9})?)([a-zµμ]*)$/i;

/** A number with its unit in the base unit of `units`; `bare` is the factor of a number without unit. `null` where it is none. */
function quantity(text: string, units: Readonly<Record<string, number>>, bare: number | null): number | null {
  const [, digits, unit = ""] = written.exec(text) ?? [];
  if (digits === undefined) return null;
  const factor = unit === "" ? bare : Object.hasOwn(units, unit.toLowerCase()) ? (units[unit.toLowerCase()] ?? null) : null;
  return factor === null ? null : Number(digits) * factor;
}

/** A length of time such as `15m` or `2d`, in microseconds; `null` where it is none. */
export function spanMicros(text: string): number | null {
  return quantity(text, spanUnits, null);
}

/** The value of a number field as written: durations in milliseconds where no unit is given, bytes in bytes. */
export function numberOf(field: NumberField, text: string): number | null {
  if (field === "duration") return quantity(text, durationUnits, 1e3);
  if (field === "bytes") return quantity(text, byteUnits, 1);
  return quantity(text, {}, 1);
}

/** What one may write for a field, as part of a sentence. */
export function numberExample(field: NumberField): string {
  if (field === "duration") return "a time such as 250ms, >2s or 1s..5s";
  if (field === "bytes") return "a size such as 512, >1MB or 1KB..1MB";
  return "a number, a comparison such as >10, or a range such as 1..10";
}

/** A comparison as a range. */
export function comparedRange(operator: ">" | ">=" | "<" | "<=" | "=", value: number): NumberRange {
  const none = { min: null, minIncluded: true, max: null, maxIncluded: true };
  switch (operator) {
    case ">":
      return { ...none, min: value, minIncluded: false };
    case ">=":
      return { ...none, min: value };
    case "<":
      return { ...none, max: value, maxIncluded: false };
    case "<=":
      return { ...none, max: value };
    case "=":
      return { ...none, min: value, max: value };
    default:
      return operator satisfies never;
  }
}

/** `a..b`, `a..`, `..b` or a single number as a range with both ends included; `null` where it is none. */
export function writtenRange(field: NumberField, text: string): NumberRange | null {
  const cut = text.indexOf("..");
  if (cut === -1) {
    const value = numberOf(field, text);
    return value === null ? null : comparedRange("=", value);
  }
  const ends = [text.slice(0, cut), text.slice(cut + 2)].map((end) => (end === "" ? undefined : numberOf(field, end)));
  const [min, max] = ends;
  if (min === null || max === null || (min === undefined && max === undefined)) return null;
  return { min: min ?? null, minIncluded: true, max: max ?? null, maxIncluded: true };
}

/** Whether a value lies in a range. */
export function inRange(range: NumberRange, value: number): boolean {
  if (range.min !== null && (range.minIncluded ? value < range.min : value <= range.min)) return false;
  return range.max === null || (range.maxIncluded ? value <= range.max : value < range.max);
}
