import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, countsOf } from "./counts.ts";
import { failuresOf } from "./failures.ts";
import { reportPlaceholder, type Stage } from "./stages.ts";

/** How a stage went. */
export interface StageResult {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
  /** What failed, as far as the stage's report names it. */
  readonly failures: readonly string[];
  /** A sentence where the stage did not end by itself or did not start. */
  readonly trouble: string | null;
}

export interface StageLimits {
  /** Milliseconds that are left of the whole run. */
  readonly leftMs: number;
  /** Ends the stage when the run is told to stop. */
  readonly signal: AbortSignal;
}

/** Runs one stage with its output on this process's own, and ends it with everything it started when its time is up. */
export async function runStage(stage: Stage, limits: StageLimits): Promise<StageResult> {
  const directory = mkdtempSync(join(tmpdir(), "stenograph-stage-"));
  const report = join(directory, "report.json");
  const startedAt = performance.now();
  try {
    const limitMs = Math.min(stage.limitMinutes * 60_000, limits.leftMs);
    const trouble = await runProgram(stage, report, limitMs, limits.signal);
    const counts = countsOf(stage.counting, trouble === null, report);
    const sentence = trouble === "failed" ? null : trouble;
    const failures = stage.counting === "vitest" ? failuresOf(report) : [];
    return { name: stage.name, counts, seconds: (performance.now() - startedAt) / 1000, failures, trouble: sentence };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `null`: ended well; `failed`: ended with another exit code than 0; else a sentence. */
function runProgram(stage: Stage, report: string, limitMs: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(
      stage.program,
      stage.args.map((arg) => arg.replace(reportPlaceholder, report)),
      { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report }, detached: true },
    );
    // The stage leads a process group of its own: what it started ends with it.
    const killAll = (): void => {
      if (child.pid !== undefined) endGroup(child.pid);
    };
    const timer = setTimeout(() => {
      killAll();
      resolve(`${stage.name} was ended because it took longer than ${Math.round(limitMs / 1000)} seconds.`);
    }, limitMs);
    const stop = (): void => {
      killAll();
      resolve(`${stage.name} was stopped.`);
    };
    signal.addEventListener("abort", stop, { once: true });
    const settle = (outcome: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(outcome);
    };
    child.on("error", (error) => settle(`${stage.name} did not start: ${error.message}.`));
    child.on("exit", (code) => settle(code === 0 ? null : "failed"));
  });
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
