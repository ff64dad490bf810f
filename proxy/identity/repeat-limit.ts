/** Of each key so many are let through in a window; the rest of the window is counted. */
const freely = 3;
const windowMs = 10 * 60_000;
/** Keys that are told apart; whoever makes up more of them shares one. */
const keyLimit = 256;
const otherKeys = "";

interface Window<T> {
  readonly endsAt: number;
  passed: number;
  /** How many were held back, and the last of them. */
  held: number;
  last: T | null;
}

/** Something that was held back `times` over, and of which `last` was the last. */
export interface HeldBack<T> {
  readonly last: T;
  readonly times: number;
}

/** Keeps what repeats itself, e.g. in a loop, from filling a disk: nothing of it is lost but the details of each. */
export class RepeatLimit<T> {
  readonly #windows = new Map<string, Window<T>>();

  /** Whether `value` may pass now; else it is counted. */
  passes(key: string, value: T, now: number): boolean {
    const own = this.#windows.has(key) || this.#windows.size < keyLimit ? key : otherKeys;
    const window = this.#windows.get(own) ?? { endsAt: now + windowMs, passed: 0, held: 0, last: null };
    this.#windows.set(own, window);
    if (window.passed < freely) {
      window.passed += 1;
      return true;
    }
    window.held += 1;
    window.last = value;
    return false;
  }

  /** What was held back in windows that have ended by `now`; they begin anew. */
  ended(now: number): readonly HeldBack<T>[] {
    const held: HeldBack<T>[] = [];
    for (const [key, { endsAt, held: times, last }] of this.#windows) {
      if (endsAt > now) continue;
      this.#windows.delete(key);
      if (last !== null) held.push({ last, times });
    }
    return held;
  }
}
