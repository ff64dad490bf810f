import { isoMicros, type UnixMicros } from "../../proxy/model/value.ts";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit" });
const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "shortOffset" });

function fraction(at: UnixMicros): string {
  return String(((at % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
}

/** Local time of day to the millisecond, e.g. `15:22:51.123`. */
export function clockTime(at: UnixMicros): string {
  return `${clock.format(at / 1000)}.${fraction(at).slice(0, 3)}`;
}

/** Local date and time of day to the second, e.g. `2026-11-22 15:22:51`. */
export function dateTime(at: UnixMicros): string {
  return `${calendar.format(at / 1000)} ${clock.format(at / 1000)}`;
}

/** Local date and time to the microsecond with the offset, and the same in UTC: what hovering over a time says. */
export function fullTime(at: UnixMicros): string {
  const offset = zone.formatToParts(at / 1000).find((part) => part.type === "timeZoneName")?.value ?? "";
  return `${dateTime(at)}.${fraction(at)} ${offset}\n${isoMicros(at).replace("T", " ").replace("Z", " UTC")}`;
}
