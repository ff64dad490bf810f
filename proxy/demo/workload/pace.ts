/** How fast the workload's clients act, and how they are told to stop. */
import { setTimeout as wait } from "node:timers/promises";
import type { SeededRandom } from "../seeded-random.ts";

export class Pace {
  private readonly factor: number;
  private readonly signal: AbortSignal;
  private readonly random: SeededRandom;

  /** @param factor 1 for a person's pace, 0 for no pauses at all. */
  constructor(factor: number, signal: AbortSignal, random: SeededRandom) {
    this.factor = factor;
    this.signal = signal;
    this.random = random;
  }

  /** Whether the client must come to an end: what it has begun, it finishes. */
  get over(): boolean {
    return this.signal.aborted;
  }

  /** Pauses between `low` and `high` milliseconds; not at all once the workload is over. */
  async pause(low: number, high: number): Promise<void> {
    const pause = this.random.integer(low, high) * this.factor;
    if (this.over || pause < 1) return;
    await wait(pause, undefined, { signal: this.signal }).catch(() => undefined);
  }
}
