const sliceMs = 15;

/** How many ids to look at in one go, so that each takes about 15 ms: whatever else waits for the thread then has its turn. */
export class RangePace {
  readonly #narrowest: number;
  readonly #widest: number;
  #size: number;

  constructor(first: number, narrowest: number, widest: number) {
    this.#size = first;
    this.#narrowest = narrowest;
    this.#widest = widest;
  }

  /** How many ids the next range has. */
  get size(): number {
    return this.#size;
  }

  /** Takes in how long the last range took, in milliseconds; never more than four times narrower or wider at once. */
  took(ms: number): void {
    const next = this.#size * Math.min(4, Math.max(0.25, sliceMs / Math.max(ms, 0.1)));
    this.#size = Math.round(Math.min(this.#widest, Math.max(this.#narrowest, next)));
  }
}
