import { describe, expect, it } from "vitest";
import { readSysbenchReport } from "../../bench/sysbench-report.ts";

const report = (errors: number): string => `SQL statistics:
    queries performed:
        read:                            107352
        total:                           107352
    transactions:                        107352 (53669.20 per sec.)
    queries:                             107352 (53669.20 per sec.)
    ignored errors:                      ${errors}      (0.00 per sec.)
    reconnects:                          0      (0.00 per sec.)

Latency (ms):
         min:                                    0.04
         95th percentile:                        0.32
`;

describe("sysbench's report", () => {
  it("gives queries a second and the 95th percentile", () => {
    expect(readSysbenchReport(report(0))).toEqual({ queriesPerSecond: 53669.2, p95Ms: 0.32 });
  });

  it("is refused where a query failed: a fast error is no result", () => {
    expect(() => readSysbenchReport(report(3))).toThrow("sysbench met 3 errors and 0 lost connections.");
  });

  it("is refused where a number is missing", () => {
    expect(() => readSysbenchReport("FATAL: unable to connect")).toThrow("sysbench printed no ignored errors");
  });
});
