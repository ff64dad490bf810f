import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Counting } from "./stages.ts";

/** How many tests of a stage ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What vitest's JSON reporter writes, as far as it is counted. A file that does not load fails without a test in it. */
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/** What Playwright's JSON reporter writes, as far as it is counted. `errors` are those outside of tests. */
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
});

/**
 * Counts what a stage did. A stage that ended badly has failed at least once, whatever its report says: a report that
 * is missing, broken or without a failure hides one.
 */
export function countsOf(counting: Counting, endedWell: boolean, reportFile: string): Counts {
  const counts = counting === "exit-code" ? { passed: endedWell ? 1 : 0, failed: 0, skipped: 0 } : countsOfReport(counting, reportFile);
  const atLeast = endedWell && counts !== null ? 0 : 1;
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: Math.max(failed, atLeast), skipped };
}

function countsOfReport(counting: "vitest" | "playwright", file: string): Counts | null {
  if (!existsSync(file)) return null;
  try {
    const report: unknown = JSON.parse(readFileSync(file, "utf8"));
    return counting === "vitest" ? countsOfVitest(vitestReport.parse(report)) : countsOfPlaywright(playwrightReport.parse(report));
  } catch {
    return null;
  }
}

function countsOfVitest(report: z.output<typeof vitestReport>): Counts {
  const failedToLoad = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + failedToLoad,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function countsOfPlaywright({ stats, errors }: z.output<typeof playwrightReport>): Counts {
  // A test that passed only when it was tried again has shown that something is wrong.
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}
