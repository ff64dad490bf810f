/** `setTimeout` takes no more than this, which is 24 days. */
const longestMs = 2 ** 31 - 1;

/** Calls once, at a time of the clock or as soon after it as the program runs. It keeps no program from ending. */
export class Alarm {
  #timer: NodeJS.Timeout | null = null;

  /** Replaces what it was set to. `at`: milliseconds since the Unix epoch. */
  set(at: number, ring: () => void): void {
    this.clear();
    const wait = Math.max(at - Date.now(), 0);
    this.#timer = setTimeout(
      () => {
        if (Date.now() < at) this.set(at, ring);
        else ring();
      },
      Math.min(wait, longestMs),
    );
    this.#timer.unref();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
