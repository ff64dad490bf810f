import { Bell } from "./bell.ts";

/** How many events of a stream may still be sent before its reader has said that it received one. */
export class StreamCredit {
  readonly #given = new Bell();
  #left: number;

  constructor(window: number) {
    this.#left = window;
  }

  /** Spends one; waits for the reader where there is none left. Resolves without one when `signal` aborts. */
  async spend(signal: AbortSignal): Promise<void> {
    while (this.#left <= 0 && !signal.aborted) await this.#given.heard(signal);
    this.#left -= 1;
  }

  /** The reader has received one. */
  give(): void {
    this.#left += 1;
    this.#given.ring();
  }
}
