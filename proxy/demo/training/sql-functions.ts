/** MySQL's functions that SQLite has not, or has otherwise, given to one session's SQLite connection. */
import type Database from "better-sqlite3";
import type { SqliteValue } from "./column-shape.ts";

/** Facts of a session that functions answer with. */
export interface SessionFacts {
  readonly version: string;
  readonly threadId: number;
  readonly user: string;
  readonly schema: () => string | null;
  readonly lastInsertId: () => bigint;
  readonly rowCount: () => bigint;
}

/** Registers all of them. */
export function registerFunctions(db: Database.Database, facts: SessionFacts): void {
  registerSession(db, facts);
  registerText(db);
  registerTime(db);
}

function registerSession(db: Database.Database, facts: SessionFacts): void {
  const account = `${facts.user}@localhost`;
  db.function("version", () => facts.version);
  db.function("connection_id", () => BigInt(facts.threadId));
  for (const name of ["user", "session_user", "system_user"]) db.function(name, () => account);
  db.function("current_user", () => `${facts.user}@%`);
  for (const name of ["database", "schema"]) db.function(name, () => facts.schema());
  db.function("last_insert_id", () => facts.lastInsertId());
  db.function("row_count", () => facts.rowCount());
  db.function("current_role", () => "NONE");
}

function text(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString("utf8") : String(value);
}

/** A function of texts that is NULL where any argument is. */
function ofTexts(db: Database.Database, name: string, make: (...texts: string[]) => SqliteValue): void {
  const call = (...values: unknown[]) => (values.some((value) => value === null) ? null : make(...values.map(text)));
  db.function(name, { varargs: true, deterministic: true }, call);
}

function registerText(db: Database.Database): void {
  ofTexts(db, "concat", (...parts) => parts.join(""));
  ofTexts(db, "left", (value = "", length = "0") => [...value].slice(0, Math.max(0, Number(length))).join(""));
  ofTexts(db, "right", (value = "", length = "0") => (Number(length) > 0 ? [...value].slice(-Number(length)).join("") : ""));
  ofTexts(db, "char_length", (value = "") => BigInt([...value].length));
  ofTexts(db, "length", (value = "") => BigInt(Buffer.byteLength(value)));
  ofTexts(db, "ucase", (value = "") => value.toUpperCase());
  ofTexts(db, "upper", (value = "") => value.toUpperCase());
  ofTexts(db, "lcase", (value = "") => value.toLowerCase());
  ofTexts(db, "lower", (value = "") => value.toLowerCase());
  ofTexts(db, "reverse", (value = "") => [...value].reverse().join(""));
  ofTexts(db, "lpad", (value = "", length = "0", pad = "") => value.slice(0, bounded(length)).padStart(bounded(length), pad));
  ofTexts(db, "rpad", (value = "", length = "0", pad = "") => value.slice(0, bounded(length)).padEnd(bounded(length), pad));
  ofTexts(db, "repeat", (value = "", times = "0") =>
    value.repeat(Math.min(bounded(times), Math.floor(65_535 / Math.max(1, value.length)))),
  );
  ofTexts(db, "locate", (part = "", value = "") => BigInt(value.toLowerCase().indexOf(part.toLowerCase()) + 1));
  ofTexts(db, "regexp", (pattern = "", value = "") => matches(pattern, value));
  ofTexts(db, "json_unquote", (value = "") => value.replace(/^"(.*)"$/s, "$1"));
  db.function("concat_ws", { varargs: true, deterministic: true }, (separator: unknown, ...parts: unknown[]) =>
    separator === null
      ? null
      : parts
          .filter((part) => part !== null)
          .map(text)
          .join(text(separator)),
  );
  db.function("hex", { deterministic: true }, (value: unknown) => hex(value));
  db.function("isnull", { deterministic: true }, (value: unknown) => (value === null ? 1n : 0n));
}

function hex(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === "bigint") return value.toString(16).toUpperCase();
  return (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString("hex").toUpperCase();
}

/** A length that someone asked for, kept within what one value may be. */
function bounded(length: string): number {
  return Math.min(Math.max(0, Number(length) || 0), 65_535);
}

function matches(pattern: string, value: string): SqliteValue {
  try {
    return new RegExp(pattern, "iu").test(value) ? 1n : 0n;
  } catch {
    return null;
  }
}

/** The time now as MySQL writes it, in UTC, with `places` digits of a second's fraction. */
function now(places: number): string {
  const [date = "", time = ""] = new Date().toISOString().slice(0, -1).split("T");
  const fraction = places > 0 ? `.${time.slice(9, 12).padEnd(6, "0").slice(0, places)}` : "";
  return `${date} ${time.slice(0, 8)}${fraction}`;
}

function registerTime(db: Database.Database): void {
  for (const name of ["now", "utc_timestamp", "sysdate", "localtimestamp"]) {
    db.function(name, { varargs: true }, (places: unknown) => now(places === undefined ? 0 : Math.min(Number(places), 6)));
  }
  db.function("curdate", () => now(0).slice(0, 10));
  db.function("curtime", () => now(0).slice(11));
  ofTexts(db, "date", (value = "") => (isDate(value) ? value.slice(0, 10) : null));
  ofTexts(db, "year", (value = "") => datePart(value, 0, 4));
  ofTexts(db, "month", (value = "") => datePart(value, 5, 7));
  ofTexts(db, "day", (value = "") => datePart(value, 8, 10));
  ofTexts(db, "hour", (value = "") => datePart(value, 11, 13));
  ofTexts(db, "date_format", (value = "", format = "") => (isDate(value) ? formatted(value, format) : null));
  ofTexts(db, "date_add", (value = "", interval = "") => moved(value, interval, 1));
  ofTexts(db, "date_sub", (value = "", interval = "") => moved(value, interval, -1));
  ofTexts(db, "datediff", (a = "", b = "") => {
    const days = (Date.parse(`${a.slice(0, 10)}Z`) - Date.parse(`${b.slice(0, 10)}Z`)) / 86_400_000;
    return Number.isFinite(days) ? BigInt(days) : null;
  });
  // A statement that sleeps would stop every session, for one thread serves them all: it is answered at once.
  db.function("sleep", { varargs: true }, () => 0n);
}

function isDate(value: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(value);
}

function datePart(value: string, from: number, to: number): SqliteValue {
  return isDate(value) ? BigInt(Number.parseInt(value.slice(from, to), 10) || 0) : null;
}

function formatted(value: string, format: string): string {
  const at = new Date(`${value.slice(0, 19).replace(" ", "T")}${value.length > 10 ? "" : "T00:00:00"}Z`);
  const parts: { readonly [letter: string]: string } = {
    Y: value.slice(0, 4),
    y: value.slice(2, 4),
    m: value.slice(5, 7),
    d: value.slice(8, 10),
    H: value.slice(11, 13) || "00",
    i: value.slice(14, 16) || "00",
    s: value.slice(17, 19) || "00",
    S: value.slice(17, 19) || "00",
    f: value.slice(20).padEnd(6, "0"),
    T: value.slice(11, 19) || "00:00:00",
    M: at.toLocaleString("en", { month: "long", timeZone: "UTC" }),
    b: at.toLocaleString("en", { month: "short", timeZone: "UTC" }),
    W: at.toLocaleString("en", { weekday: "long", timeZone: "UTC" }),
    a: at.toLocaleString("en", { weekday: "short", timeZone: "UTC" }),
  };
  return format.replaceAll(/%(.)/gs, (_, letter: string) => parts[letter] ?? letter);
}

const fixedUnits: { readonly [unit: string]: number } = {
  SECOND: 1_000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
};
const monthUnits: { readonly [unit: string]: number } = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** `value` moved by an interval written `amount UNIT`, in `value`'s own precision. */
function moved(value: string, interval: string, direction: 1 | -1): SqliteValue {
  const [amountText = "", unit = ""] = interval.split(" ");
  const amount = Number(amountText) * direction;
  const at = new Date(`${value.slice(0, 10)}T${value.slice(11, 19) || "00:00:00"}Z`);
  if (!isDate(value) || Number.isNaN(at.getTime()) || !Number.isFinite(amount)) return null;
  const months = monthUnits[unit];
  if (months === undefined) at.setTime(at.getTime() + amount * (fixedUnits[unit] ?? 0));
  else {
    const day = at.getUTCDate();
    at.setUTCDate(1);
    at.setUTCMonth(at.getUTCMonth() + amount * months);
    const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    at.setUTCDate(Math.min(day, lastDay));
  }
  if (Number.isNaN(at.getTime())) return null;
  const text = at.toISOString();
  const onlyDate = value.length <= 10 && (months !== undefined || unit === "DAY" || unit === "WEEK");
  return onlyDate ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 19)}${value.slice(19)}`;
}
