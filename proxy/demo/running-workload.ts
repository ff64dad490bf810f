/** The workload as it runs beside a workstation, in the same process or another. */
import { setTimeout as wait } from "node:timers/promises";
import { FailureError, failureOf } from "../model/failure.ts";
import type { SessionLedger } from "./workload/ledger.ts";
import { LedgerClient } from "./workload/ledger-client.ts";
import { type Part, playPart, playWorkload, type TargetOf, type WorkloadTargets, workloadParts } from "./workload/workload.ts";

/** Decides the shop's rows and what the clients ask: every demo is the same. */
export const demoSeed = 1;

/** Pause after a failure. */
const beginAgainMs = 5_000;

export interface RunningWorkload {
  /** Settles when it has ended: by itself only where a client failed, which rejects. */
  readonly ended: Promise<void>;
  /** Lets the clients finish and sign off; rejects where one had failed. */
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly targets: WorkloadTargets;
  readonly seed: number;
  /** 1 for a person's pace. */
  readonly pace: number;
  /** Hears each session that ended. */
  readonly onSession: (ledger: SessionLedger) => void;
}

/** Starts the clients. */
export function runWorkload(options: RunOptions): RunningWorkload {
  const stopped = new AbortController();
  const ended = playWorkload({ ...options, signal: stopped.signal });
  // Whoever stops it hears of a failure then; until then it must not count as unhandled.
  ended.catch(() => undefined);
  return {
    ended,
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
}

export interface KeepRunningOptions extends Omit<RunOptions, "onSession"> {
  /** Hears why a client stopped, once for each reason. */
  readonly report: (message: string) => void;
  /** Pause after a failure; 5 s unless told. */
  readonly beginAgainMs?: number;
}

/**
 * Starts the clients and keeps them going: where one fails, e.g. because its machine was revoked, it begins anew after a
 * while, and the others go on. What was asked is not asked again in the same words.
 */
export function keepWorkloadRunning(options: KeepRunningOptions): Pick<RunningWorkload, "stop"> {
  const stopped = new AbortController();
  const ended = Promise.all(workloadParts.map((part) => keepPartRunning(part, options, stopped.signal)));
  return {
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
}

async function keepPartRunning(part: Part, options: KeepRunningOptions, signal: AbortSignal): Promise<void> {
  let told: string | null = null;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await playPart(part, { ...options, seed: options.seed + attempt, signal, onSession: () => undefined });
    } catch (thrown) {
      const { message } = failureOf(thrown);
      if (!signal.aborted && message !== told) options.report(`A client of the demo stopped, and tries again: ${message}`);
      told = message;
      await wait(options.beginAgainMs ?? beginAgainMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/**
 * Waits until the proxy lets a client in, for a proxy that starts in another process. Rejects with code `not-listening`
 * after `limitMs` and the last try's reason.
 */
export async function untilListening(target: TargetOf, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      const client = await LedgerClient.connect(await target(), { client: "first client", attributes: {} });
      return await client.quit();
    } catch (thrown) {
      if (Date.now() > until) throw new FailureError("not-listening", `The demo's clients could not start. ${failureOf(thrown).message}`);
    }
    await wait(250);
  }
}
