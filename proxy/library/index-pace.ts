import { MachineLoad } from "./machine-load.ts";

/** A slice of indexing takes about this long before others get their turn, and while indexing yields. */
const sliceMs = 40;
const yieldingSliceMs = 10;

/** While it yields, indexing rests this many times as long as it worked. */
const restsPerWork = 19;

/** From here on the processors count as saturated by others. */
const saturated = 0.85;

/** Recording this much in a second is work for the relay. */
const busyBytes = 1024 * 1024;
const busyMs = 1000;

/**
 * How fast recordings are indexed. Where the relay is busy and the machine has no processor to spare, indexing yields:
 * it goes on slowly, so that its lag grows, and catches up when there is room. A low priority alone does not do that: a thread of the lowest
 * priority still takes the caches, the moments between two commands, and the relay's garbage collector's turns.
 */
export class IndexPace {
  readonly #load: MachineLoad;
  #recorded = 0;
  #windowEnds = 0;
  #busyUntil = 0;
  #restsUntil = 0;
  #yielding = false;

  constructor(now: number, load = new MachineLoad(now)) {
    this.#load = load;
  }

  /** The relay has recorded `bytes` more. Times are milliseconds of a clock that never goes back. */
  recorded(bytes: number, now: number): void {
    if (now >= this.#windowEnds) {
      this.#recorded = 0;
      this.#windowEnds = now + busyMs;
    }
    this.#recorded += bytes;
    if (this.#recorded >= busyBytes) this.#busyUntil = now + busyMs;
  }

  /** Whether indexing waits now. */
  rests(now: number): boolean {
    this.#yielding = now < this.#busyUntil && this.#load.others(now) >= saturated;
    return this.#yielding && now < this.#restsUntil;
  }

  /** Milliseconds for the next slice. */
  get sliceMs(): number {
    return this.#yielding ? yieldingSliceMs : sliceMs;
  }

  /** A slice took `ms` milliseconds and ended at `now`. */
  worked(ms: number, now: number): void {
    this.#restsUntil = now + ms * restsPerWork;
  }
}
