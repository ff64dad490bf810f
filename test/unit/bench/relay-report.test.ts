import { describe, expect, it } from "vitest";
import { median } from "../../bench/median.ts";
import type { Measure } from "../../bench/relay-measures.ts";
import { relayTable, reportOf, type Series } from "../../bench/relay-report.ts";

const measure: Measure = { name: "point-select ×8", unit: "queries/s", run: () => Promise.reject(new Error("not run here")) };
const series = (contestant: Series["contestant"], rates: readonly number[]): Series => ({
  measure,
  contestant,
  samples: rates.map((rate) => ({ rate, p95Ms: rate / 1000 })),
});

describe("the median", () => {
  it("is the middle one, or the mean of the middle two", () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
  });
});

describe("the relay's report", () => {
  it("compares medians, so that one disturbed run changes nothing", () => {
    const [reported] = reportOf([
      series("direct", [1000, 1010, 10]),
      series("haproxy", [500, 500, 500]),
      series("stenograph", [900, 9, 900]),
    ]);
    expect(reported?.ratios).toEqual({ direct: 0.9, haproxy: 1.8 });
    expect(reported?.contestants.stenograph).toEqual({ rate: 900, p95Ms: 0.9, runs: [900, 9, 900] });
  });

  it("has no ratio to what was not measured", () => {
    const reported = reportOf([series("direct", [1000]), series("stenograph", [900])]);
    expect(reported[0]?.ratios).toEqual({ direct: 0.9, haproxy: null });
    expect(relayTable(reported)).toContain("–");
  });
});
