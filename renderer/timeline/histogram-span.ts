import type { HistogramSpan } from "../state/preferences.ts";

export const spanNames: { readonly [span in HistogramSpan]: string } = {
  "5m": "Last 5 minutes",
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  all: "All time",
};

const minute = 60_000_000;

/** How far a span looks back, in microseconds; `null` for all there is. */
export function spanMicros(span: HistogramSpan): number | null {
  switch (span) {
    case "5m":
      return 5 * minute;
    case "15m":
      return 15 * minute;
    case "1h":
      return 60 * minute;
    case "24h":
      return 24 * 60 * minute;
    case "all":
      return null;
    default:
      return span satisfies never;
  }
}
