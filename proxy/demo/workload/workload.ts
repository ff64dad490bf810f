/** Plays the clients until told to stop, and hands over what each session received. */
import { FailureError, failureOf } from "../../model/failure.ts";
import { SeededRandom } from "../seeded-random.ts";
import { agentAttributes, playAgent } from "./agent.ts";
import { applicationAttributes, playApplication } from "./application.ts";
import { dbaAttributes, playDba } from "./dba.ts";
import type { SessionLedger } from "./ledger.ts";
import { type ClientIdentity, type ClientTarget, LedgerClient } from "./ledger-client.ts";
import { Pace } from "./pace.ts";
import { playReport, reportAttributes } from "./report.ts";

/**
 * Where a client connects to, and as whom; asked before each session, because a credential may be another one by then.
 */
export type TargetOf = () => ClientTarget | Promise<ClientTarget>;

/** A target for each of the workload's clients. */
export interface WorkloadTargets {
  readonly application: TargetOf;
  readonly administrator: TargetOf;
  readonly agent: TargetOf;
  readonly report: TargetOf;
}

export interface WorkloadOptions {
  readonly targets: WorkloadTargets;
  /** Decides what the clients ask; the same seed gives each client the same questions in the same order. */
  readonly seed: number;
  /** 1 for a person's pace, 0 for no pauses. */
  readonly pace: number;
  /** Ends it: every client finishes what it has begun and signs off. */
  readonly signal: AbortSignal;
  /** Hears each session that ended; ledgers are kept nowhere else. */
  readonly onSession: (ledger: SessionLedger) => void;
}

/** One client, which opens one session after another. */
export interface Part {
  readonly of: keyof WorkloadTargets;
  readonly identity: ClientIdentity;
  readonly pauseBetween: readonly [low: number, high: number];
  readonly play: (client: LedgerClient, pace: Pace, random: SeededRandom, round: number) => Promise<void>;
}

/** The application keeps two connections open, as a pool does; each is replaced after a while. */
function applicationPart(number: number): Part {
  const play: Part["play"] = (client, pace, random, round) => playApplication(client, pace, random, 25, `visitor-${number}-${round}`);
  const identity = { client: `application (connection ${number})`, attributes: applicationAttributes };
  return { of: "application", identity, pauseBetween: [10, 100], play };
}

export const workloadParts: readonly Part[] = [
  applicationPart(1),
  applicationPart(2),
  {
    of: "administrator",
    identity: { client: "administrator", attributes: dbaAttributes },
    pauseBetween: [1_500, 4_000],
    play: playDba,
  },
  { of: "agent", identity: { client: "agent", attributes: agentAttributes }, pauseBetween: [800, 2_500], play: playAgent },
  { of: "report", identity: { client: "report", attributes: reportAttributes }, pauseBetween: [4_000, 8_000], play: playReport },
];

/**
 * Runs until `signal` aborts. Fails where a client cannot sign in, or loses its connection before the end: the first
 * such failure ends all clients.
 */
export async function playWorkload(options: WorkloadOptions): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    workloadParts.map(async (part) => {
      try {
        await playPart(part, { ...options, signal });
      } catch (thrown) {
        failed.abort();
        throw thrown;
      }
    }),
  );
  const rejected = outcomes.find((outcome) => outcome.status === "rejected");
  if (rejected)
    throw rejected.reason instanceof FailureError ? rejected.reason : new FailureError("workload", failureOf(rejected.reason).message);
}

/** Plays one client until `signal` aborts. Fails where it cannot sign in, or loses its connection before the end. */
export async function playPart(part: Part, options: WorkloadOptions): Promise<void> {
  const seed = options.seed * 97 + workloadParts.indexOf(part);
  const random = new SeededRandom(seed);
  // Pauses draw from a source of their own, so that the pace does not change what is asked.
  const pace = new Pace(options.pace, options.signal, new SeededRandom(seed + 1_000));
  for (let round = 1; !pace.over; round += 1) {
    const client = await LedgerClient.connect(await options.targets[part.of](), part.identity);
    try {
      await part.play(client, pace, random, round);
      await client.quit();
    } finally {
      client.destroy();
      options.onSession(client.ledger());
    }
    await pace.pause(...part.pauseBetween);
  }
}
