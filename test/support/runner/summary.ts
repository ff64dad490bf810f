import type { Part } from "../parts/part.ts";
import type { Counts } from "./counts.ts";
import type { StageResult } from "./run-stage.ts";

/** What a whole run came to: a table, one line for each part that is missing, and the closing line. */
export interface Summary {
  readonly text: string;
  readonly failed: number;
}

/** `requireAll`: each missing part counts as a failure. */
export function summarize(results: readonly StageResult[], missing: readonly Part[], requireAll: boolean): Summary {
  const total = results.reduce((sum, { counts }) => add(sum, counts), { passed: 0, failed: requireAll ? missing.length : 0, skipped: 0 });
  const troubles = results.flatMap(({ trouble }) => (trouble === null ? [] : [trouble]));
  const untested = missing.map(
    ({ name, untested: what, howToGet }) =>
      `${requireAll ? "failed" : "not tested"}: ${name} is missing, so ${what}. To get it: ${howToGet}.`,
  );
  const lines = [
    "",
    ...tableOf(results),
    ...spaced(results.flatMap(({ failures }) => failures.map((failure) => `failed: ${failure}`))),
    ...spaced(troubles),
    ...spaced(untested),
    "",
    `${total.passed} passed, ${total.failed} failed`,
    "",
  ];
  return { text: lines.join("\n"), failed: total.failed };
}

function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function tableOf(results: readonly StageResult[]): string[] {
  const row = (name: string, ...cells: string[]): string => name.padEnd(14) + cells.map((cell) => cell.padStart(9)).join("");
  return [
    row("stage", "passed", "failed", "skipped", "seconds"),
    ...results.map(({ name, counts, seconds }) =>
      row(name, String(counts.passed), String(counts.failed), String(counts.skipped), seconds.toFixed(1)),
    ),
  ];
}
