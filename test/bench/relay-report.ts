import type { Contestant } from "./contestants.ts";
import { median } from "./median.ts";
import type { Measure, Sample } from "./relay-measures.ts";
import { table } from "./table.ts";

/** The runs of one measure through one contestant. */
export interface Series {
  readonly measure: Measure;
  readonly contestant: Contestant["name"];
  readonly samples: readonly Sample[];
}

export interface ReportedMeasure {
  readonly name: string;
  readonly unit: string;
  readonly contestants: Record<string, { rate: number; p95Ms: number | null; runs: number[] }>;
  /** Rate through the proxy divided by the other's; `null` where the other was not measured. */
  readonly ratios: { readonly direct: number | null; readonly haproxy: number | null };
}

/** Medians and ratios of all series, in the order in which they were measured. */
export function reportOf(series: readonly Series[]): ReportedMeasure[] {
  const measures = [...new Set(series.map(({ measure }) => measure))];
  return measures.map((measure) => {
    const own = series.filter((candidate) => candidate.measure === measure);
    const contestants = Object.fromEntries(own.map(({ contestant, samples }) => [contestant, summaryOf(samples)]));
    const ratio = (other: string): number | null => {
      const [proxy, against] = [contestants.stenograph, contestants[other]];
      return proxy === undefined || against === undefined ? null : round(proxy.rate / against.rate, 3);
    };
    return { name: measure.name, unit: measure.unit, contestants, ratios: { direct: ratio("direct"), haproxy: ratio("haproxy") } };
  });
}

function summaryOf(samples: readonly Sample[]): { rate: number; p95Ms: number | null; runs: number[] } {
  const p95 = samples.flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]));
  return {
    rate: round(median(samples.map(({ rate }) => rate)), 1),
    p95Ms: p95.length === 0 ? null : round(median(p95), 2),
    runs: samples.map(({ rate }) => round(rate, 1)),
  };
}

/** The report as a table for people. */
export function relayTable(measures: readonly ReportedMeasure[]): string {
  const names = ["direct", "haproxy", "stenograph"];
  const header = ["", ...names, "of direct", "of haproxy", ...names.map((name) => `p95 ${name}`)];
  const rows = measures.map(({ name, unit, contestants, ratios }) => [
    `${name}, ${unit}`,
    ...names.map((contestant) => contestants[contestant]?.rate.toFixed(0) ?? "–"),
    ratios.direct?.toFixed(2) ?? "–",
    ratios.haproxy?.toFixed(2) ?? "–",
    ...names.map((contestant) => contestants[contestant]?.p95Ms?.toFixed(2) ?? "–"),
  ]);
  return table(header, rows);
}

function round(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}
