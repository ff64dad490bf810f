import type { UnixMicros } from "../model/value.ts";

const written =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T_](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,6}))?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * A date (its first moment) or a date and time as written: `2026-01-31`, `2026-01-31T09:30`, `2026-01-31T09:30:15.25Z`.
 * Local time where no zone is given. `null` where it is none.
 */
export function momentOf(text: string): UnixMicros | null {
  const part = written.exec(text)?.groups;
  if (part === undefined) return null;
  const [year, month, day, hour, minute, second] = [part.year, part.month, part.day, part.hour, part.minute, part.second].map((digits) =>
    Number(digits ?? "0"),
  ) as [number, number, number, number, number, number];
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (utc.getUTCMonth() !== month - 1 || utc.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null;
  const micros = Number((part.fraction ?? "").padEnd(6, "0"));
  const whole =
    part.zone === undefined ? new Date(year, month - 1, day, hour, minute, second).getTime() : utc.getTime() - zoneMillis(part.zone);
  return whole * 1000 + micros;
}

/** Milliseconds that a zone such as `+02:00` is ahead of UTC. */
function zoneMillis(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const ahead = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
  return zone.startsWith("-") ? -ahead : ahead;
}
