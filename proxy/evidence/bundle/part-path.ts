/** What a part of an event is, by its path. */
export type PartKind = "sql" | "params" | "attributes" | "details" | "definitions" | "block" | "claimed" | "value" | "detail";

export interface PartPlace {
  readonly kind: PartKind;
  /** Of a result set: its number, and of a block's part its column. */
  readonly result: number;
  readonly column: number;
  /** Of a segment, a parameter, an attribute or a block: its number. */
  readonly index: number;
}

const whole = new Set(["details", "claimed", "value", "detail"]);
const listed = new Set(["sql", "params", "attributes"]);

/** Reads a path such as `results/0/blocks/7/3`; `null` where it is none. */
export function placeOf(path: string): PartPlace | null {
  const [first = "", ...rest] = path.split("/");
  const numbers = rest.filter((_name, at) => first !== "results" || at !== 1).map(Number);
  if (!rest.every((name, at) => (first === "results" && at === 1) || /^(0|[1-9]\d{0,14})$/.test(name))) return null;
  const [a = 0, b = 0, c = 0] = numbers;
  if (whole.has(first)) return rest.length === 0 ? { kind: first as PartKind, result: 0, column: 0, index: 0 } : null;
  if (listed.has(first)) return rest.length === 1 ? { kind: first as PartKind, result: 0, column: 0, index: a } : null;
  if (first !== "results") return null;
  if (rest.length === 2 && rest[1] === "definitions") return { kind: "definitions", result: a, column: 0, index: 0 };
  return rest.length === 4 && rest[1] === "blocks" ? { kind: "block", result: a, column: c, index: b } : null;
}
