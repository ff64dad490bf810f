/** The demo without a window: plays the workload for a while, ends in order, and compares the library with the clients' ledgers. */
import { setTimeout as wait } from "node:timers/promises";
import type { Core } from "../api/core.ts";
import type { Handlers } from "../api/handler.ts";
import { FailureError } from "../model/failure.ts";
import { compareLibrary, sessionsSince } from "./check/compare-library.ts";
import { untilComplete } from "./check/until-complete.ts";
import { recordingProblems } from "./check/verify-recordings.ts";
import { runWorkload } from "./running-workload.ts";
import type { SessionLedger } from "./workload/ledger.ts";
import type { WorkloadTargets } from "./workload/workload.ts";

export interface CheckOptions {
  readonly core: Core;
  readonly handlers: Handlers;
  readonly targets: WorkloadTargets;
  readonly seed: number;
  readonly pace: number;
  readonly durationMs: number;
  /** Ends the check early, which then fails. */
  readonly interrupted: AbortSignal;
}

/** What the check found; `differences` holds one sentence each. */
export interface CheckResult {
  readonly sessions: number;
  readonly statements: number;
  readonly errors: number;
  readonly recordingsVerified: boolean;
  readonly differences: readonly string[];
}

/** How long the library may need for what was recorded at the end. */
const catchUpMs = 30_000;

/** Runs the check. Rejects with a `FailureError` where a client fails or the library does not catch up. */
export async function checkDemo(options: CheckOptions): Promise<CheckResult> {
  const { core, handlers, durationMs, interrupted } = options;
  const since = Date.now() * 1000;
  const ledgers: SessionLedger[] = [];
  const workload = runWorkload({ ...options, onSession: (ledger) => ledgers.push(ledger) });
  await Promise.race([wait(durationMs, undefined, { signal: interrupted }).catch(() => undefined), workload.ended]);
  await workload.stop();
  if (interrupted.aborted) throw new FailureError("interrupted", "The check was interrupted before it could compare anything.");
  await untilComplete(core.library, handlers.calls, { since, expected: ledgers.length, limitMs: catchUpMs });
  const sessions = await sessionsSince(handlers.calls, since);
  const problems = recordingProblems(
    core.info.dataDirectory,
    sessions.map((session) => session.id),
  );
  const { differences, ...counts } = await compareLibrary(handlers.calls, ledgers, since);
  return { ...counts, recordingsVerified: problems.length === 0, differences: [...problems, ...differences] };
}
