/** One reading that several wait for. It is stopped when none of them does any more. */
export class SharedReading<T> {
  readonly #stop = new AbortController();
  readonly #answer: Promise<T>;
  readonly #ended: () => void;
  #waiting = 0;

  /** `ended` is called when the reading has ended or nobody waits for it. */
  constructor(read: (stop: AbortSignal) => Promise<T>, ended: () => void) {
    this.#ended = ended;
    this.#answer = read(this.#stop.signal).finally(ended);
  }

  /** The answer; whose `signal` aborts does not count as waiting from then on. */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    const leave = (): void => {
      this.#waiting -= 1;
      if (this.#waiting > 0) return;
      this.#stop.abort();
      this.#ended();
    };
    signal?.addEventListener("abort", leave, { once: true });
    try {
      return await this.#answer;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }
}
