/** The demo without a window: plays the workload for a while, ends in order, and compares the library with the clients' ledgers. */
import { setTimeout as wait } from "node:timers/promises";
import type { Core } from "../../api/core.ts";
import { FailureError } from "../../model/failure.ts";
import { runWorkload } from "../running-workload.ts";
import type { SessionLedger } from "../workload/ledger.ts";
import type { WorkloadTargets } from "../workload/workload.ts";
import { type ActorCounts, compareLibrary, type LibraryCalls, sessionsSince } from "./compare-library.ts";
import { untilComplete } from "./until-complete.ts";
import { recordingProblems } from "./verify-recordings.ts";

export interface CheckOptions {
  readonly core: Core;
  /** Of somebody who may read every session. */
  readonly calls: LibraryCalls;
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
  /** Sessions by the kind of their actor, each of them the one whose credential it was unless `differences` says otherwise. */
  readonly actors: ActorCounts;
  readonly differences: readonly string[];
}

/** How long the library may need for what was recorded at the end. */
const catchUpMs = 30_000;

/** Runs the check. Rejects with a `FailureError` where a client fails or the library does not catch up. */
export async function checkWorkload(options: CheckOptions): Promise<CheckResult> {
  const { core, calls, durationMs, interrupted } = options;
  const since = Date.now() * 1000;
  const ledgers: SessionLedger[] = [];
  const workload = runWorkload({ ...options, onSession: (ledger) => ledgers.push(ledger) });
  await Promise.race([wait(durationMs, undefined, { signal: interrupted }).catch(() => undefined), workload.ended]);
  await workload.stop();
  if (interrupted.aborted) throw new FailureError("interrupted", "The check was interrupted before it could compare anything.");
  await untilComplete(core.library, calls, { since, expected: ledgers.length, limitMs: catchUpMs });
  const sessions = await sessionsSince(calls, since);
  const problems = recordingProblems(
    core.info.dataDirectory,
    sessions.map((session) => session.id),
  );
  const { differences, ...counts } = await compareLibrary(calls, ledgers, since);
  return { ...counts, recordingsVerified: problems.length === 0, differences: [...problems, ...differences] };
}
