import type { PartName } from "../parts/parts.ts";

/** How a stage's tests are counted: by a JSON report, or the stage as one test that its exit code decides. */
export type Counting = "exit-code" | "vitest" | "playwright";

/** One step of a test run: a program and how to count what it did. `report` in `args` stands for the report's path. */
export interface Stage {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly counting: Counting;
  /** The stage is ended, and has failed, after this time. */
  readonly limitMinutes: number;
  /** Part of `npm run check`. */
  readonly quick: boolean;
  /** Parts without which the stage cannot run at all. */
  readonly needs: readonly PartName[];
}

/** Replaced by the path of a fresh file where the stage writes its JSON report. */
export const reportPlaceholder = "{report}";

const check = { counting: "exit-code", limitMinutes: 5, quick: true, needs: [] } as const;

function vitest(project: string, more: { limitMinutes: number; quick: boolean; needs?: readonly PartName[] }): Stage {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPlaceholder}`];
  const args = ["run", "--config", "test/vitest.config.ts", "--project", project, ...reporters];
  return { name: project, program: "vitest", args, counting: "vitest", needs: [], ...more };
}

/** Every stage of `npm test`, in order: the cheap ones first. */
export const stages: readonly Stage[] = [
  { name: "types", program: "tsc", args: ["--project", "."], ...check },
  {
    name: "lint",
    program: "biome",
    args: ["ci", "--error-on-warnings", "--max-diagnostics=50", ...(process.stdout.isTTY ? [] : ["--colors=off"]), "."],
    ...check,
  },
  vitest("rules", { limitMinutes: 5, quick: true }),
  vitest("unit", { limitMinutes: 12, quick: true }),
  { name: "build", program: "electron-vite", args: ["build", "--config", "electron/electron.vite.config.ts"], ...check, quick: false },
  vitest("integration", { limitMinutes: 20, quick: false, needs: ["openssl"] }),
  vitest("faults", { limitMinutes: 15, quick: false, needs: ["openssl"] }),
  {
    name: "e2e",
    program: "playwright",
    args: ["test", "--config", "test/e2e/playwright.config.ts"],
    counting: "playwright",
    limitMinutes: 12,
    quick: false,
    needs: ["openssl", "chromium"],
  },
];
