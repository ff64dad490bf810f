import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { countsOf } from "../../../support/runner/counts.ts";

const directory = mkdtempSync(join(tmpdir(), "stenograph-counts-"));
afterAll(() => rmSync(directory, { recursive: true }));

function written(report: unknown): string {
  const file = join(directory, "report.json");
  writeFileSync(file, typeof report === "string" ? report : JSON.stringify(report));
  return file;
}

describe("counting a stage's tests", () => {
  it("counts a vitest file that does not load as a failure", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    const file = written({ numPassedTests: 4, numFailedTests: 0, numPendingTests: 0, numTodoTests: 2, testResults });
    expect(countsOf("vitest", false, file)).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });

  it("counts a failed test once, and not its file too", () => {
    const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] }];
    const file = written({ numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults });
    expect(countsOf("vitest", false, file)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("counts a Playwright test that passed at the second try, and an error outside of tests, as failures", () => {
    const file = written({ stats: { expected: 2, unexpected: 0, flaky: 1, skipped: 3 }, errors: [{}] });
    expect(countsOf("playwright", false, file)).toEqual({ passed: 2, failed: 2, skipped: 3 });
  });

  it.each(["", "{", "{}", "null"])("counts the report %j as one failure", (text) => {
    expect(countsOf("vitest", true, written(text))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
