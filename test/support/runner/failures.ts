import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** Lines of a failure's message that are named with it, and characters of each: enough to know it again. */
const lines = 6;
const columns = 200;

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
});

/**
 * What failed in a vitest stage, a text each: a run's output is long, and who reads only its end must find there what to
 * look for. Empty where there is no report; Playwright names its failures last by itself.
 */
export function failuresOf(file: string): string[] {
  if (!existsSync(file)) return [];
  try {
    const { testResults } = report.parse(JSON.parse(readFileSync(file, "utf8")));
    return testResults
      .filter(({ status }) => status === "failed")
      .flatMap(({ name, message, assertionResults }) => {
        const failed = assertionResults.filter((test) => test.status === "failed");
        if (failed.length === 0) return [failure(name, message)];
        return failed.map((test) => failure(`${name} > ${test.fullName}`, test.failureMessages.join("\n")));
      });
  } catch {
    return [];
  }
}

function failure(what: string, message: string): string {
  const said = message.split("\n").filter((line) => line.trim() !== "");
  return [what, ...said.slice(0, lines).map((line) => `    ${line.slice(0, columns)}`)].join("\n");
}
