import { existsSync } from "node:fs";
import type { Actor } from "../model/actor.ts";
import { failureOf } from "../model/failure.ts";
import type { SealFacts, SealSignature, SignedSeal } from "../recording/frame.ts";

/** A recording that ended. */
export interface EndedRecording {
  readonly session: string;
  readonly path: string;
}

/** A seal that is signed, and then written. */
export interface SealToSign extends EndedRecording {
  /** Who ran the session. */
  readonly actor: Actor;
  readonly facts: SealFacts;
}

/** Has a seal signed. Rejects where that cannot be now. */
export type SignSeal = (seal: SealToSign) => Promise<readonly SealSignature[]>;

/**
 * What became of a recording so far: there is more to read, its signatures are awaited, or it is sealed; `null` where it was sealed
 * before.
 */
export type SealingStep = { readonly kind: "reading" | "waiting" } | { readonly kind: "sealed"; readonly seal: SignedSeal | null };

/** One recording that is being sealed. */
export interface Sealing {
  /** Goes on until `enough`. Throws a `FailureError` where it cannot be sealed. */
  step(enough: () => boolean): SealingStep;
  close(): void;
}

/** Begins to seal a recording; `wake` is called when its signatures have come, or will not come. Throws a `FailureError`. */
export type BeginSealing = (recording: EndedRecording, sign: SignSeal, wake: () => void) => Sealing;

export interface SealerOptions {
  readonly begin: BeginSealing;
  readonly sign: SignSeal;
  /** There is something to do again. */
  readonly wake: () => void;
  /** A recording was sealed. */
  readonly sealed: (recording: EndedRecording, seal: SignedSeal | null) => void;
}

const firstRetryMs = 5000;
const lastRetryMs = 600_000;

/** Sessions that are known to be sealed, so that a recording that is told of again is not read again. */
const rememberedSessions = 256;

/** Seals recordings that ended, one at a time, in slices. What could not be sealed is tried again. */
export class Sealer {
  /** Why the last recording that should have been sealed was not; `null` where it was. */
  problem: string | null = null;
  readonly #options: SealerOptions;
  readonly #queue = new Map<string, EndedRecording>();
  readonly #failed = new Map<string, { readonly recording: EndedRecording; readonly again: number }>();
  /** How often each of those that are not sealed yet has failed. */
  readonly #failures = new Map<string, number>();
  readonly #sealed = new Set<string>();
  #current: { readonly recording: EndedRecording; readonly sealing: Sealing } | null = null;
  #waits = false;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  add({ session, path }: EndedRecording): void {
    if (this.#current?.recording.session === session || this.#sealed.has(session) || this.#failed.has(session)) return;
    this.#queue.set(session, { session, path });
  }

  /** Whether there is something to do now. */
  get hasWork(): boolean {
    return this.#current === null ? this.#queue.size > 0 : !this.#waits;
  }

  /** Whether it waits for signatures. */
  get waits(): boolean {
    return this.#current !== null && this.#waits;
  }

  /** Goes on until `enough`. `now`: milliseconds of a clock that never goes back. */
  work(now: number, enough: () => boolean): void {
    this.#retry(now);
    do {
      if (!this.hasWork) return;
      this.#step(now, enough);
    } while (!enough());
  }

  /** Gives up what is under way; the next start finds it. */
  close(): void {
    this.#current?.sealing.close();
    this.#current = null;
    this.#queue.clear();
  }

  #retry(now: number): void {
    for (const [session, { recording, again }] of this.#failed) {
      if (again > now) continue;
      this.#failed.delete(session);
      this.#queue.set(session, recording);
    }
  }

  #step(now: number, enough: () => boolean): void {
    const recording = this.#current?.recording ?? this.#next();
    if (recording === null) return;
    try {
      const { sealing } = this.#current ?? this.#begin(recording);
      this.#waits = false;
      const step = sealing.step(enough);
      this.#waits = step.kind === "waiting";
      if (step.kind === "sealed") this.#done(recording, step.seal);
    } catch (thrown) {
      this.#end();
      this.#fail(recording, now, thrown);
    }
  }

  /** Tries again later and later: a damaged recording stays damaged. One that is gone is given up. */
  #fail(recording: EndedRecording, now: number, thrown: unknown): void {
    this.problem = failureOf(thrown).message;
    if (!existsSync(recording.path)) {
      this.#failures.delete(recording.session);
      return;
    }
    const failures = (this.#failures.get(recording.session) ?? 0) + 1;
    this.#failures.set(recording.session, failures);
    this.#failed.set(recording.session, { recording, again: now + Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs) });
  }

  #next(): EndedRecording | null {
    const [recording] = this.#queue.values();
    if (recording !== undefined) this.#queue.delete(recording.session);
    return recording ?? null;
  }

  #begin(recording: EndedRecording): { readonly sealing: Sealing } {
    const { begin, sign, wake } = this.#options;
    const sealing = begin(recording, sign, () => {
      if (this.#current?.sealing !== sealing) return;
      this.#waits = false;
      wake();
    });
    this.#current = { recording, sealing };
    return this.#current;
  }

  #done(recording: EndedRecording, seal: SignedSeal | null): void {
    this.#end();
    this.#failures.delete(recording.session);
    if (this.#failures.size === 0) this.problem = null;
    this.#remember(recording.session);
    this.#options.sealed(recording, seal);
  }

  #end(): void {
    this.#current?.sealing.close();
    this.#current = null;
    this.#waits = false;
  }

  #remember(session: string): void {
    this.#sealed.add(session);
    const [oldest] = this.#sealed;
    if (this.#sealed.size > rememberedSessions && oldest !== undefined) this.#sealed.delete(oldest);
  }
}
