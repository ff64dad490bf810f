import type { Part } from "../parts/part.ts";
import { type PartName, parts } from "../parts/parts.ts";
import type { RunOptions } from "./options.ts";
import { runStage, type StageResult } from "./run-stage.ts";
import type { Stage } from "./stages.ts";
import { summarize } from "./summary.ts";

/** The whole run ends within this time, whatever its stages' own limits add up to. */
const runLimitMs = 36 * 60_000;

export interface Run {
  readonly options: RunOptions;
  readonly stages: readonly Stage[];
  /** Brings missing parts; only called where a stage that may need them runs. */
  readonly bringParts: () => void;
  readonly isThere: (part: PartName) => boolean;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs the stages one after the other, all of them whatever happens, and writes the summary. Resolves to the exit code. */
export async function runAll(run: Run): Promise<number> {
  const { options, write } = run;
  const asked = options.stages;
  const chosen = run.stages.filter((stage) => (asked.length > 0 ? asked.includes(stage.name) : stage.quick || !options.quick));
  const usesParts = chosen.some((stage) => !stage.quick);
  if (usesParts) run.bringParts();
  const missing = usesParts ? (Object.keys(parts) as PartName[]).filter((name) => !run.isThere(name)) : [];

  const deadline = performance.now() + runLimitMs;
  const results: StageResult[] = [];
  for (const stage of chosen) {
    if (run.signal.aborted) break;
    if (stage.needs.some((part) => missing.includes(part))) continue;
    write(`\n── ${stage.name} ──\n`);
    results.push(await runStage(stage, { leftMs: Math.max(0, deadline - performance.now()), signal: run.signal }));
  }

  const summary = summarize(
    results,
    missing.map((name): Part => parts[name]),
    options.requireAll,
  );
  write(summary.text);
  // A run that was stopped, or that had nothing to run, has shown nothing.
  return summary.failed === 0 && results.length > 0 && !run.signal.aborted ? 0 : 1;
}
