import type { Schedule } from "../../../renderer/api/api-client.ts";
import type { NextFrame } from "../../../renderer/state/frame-batch.ts";

interface Due {
  readonly at: number;
  readonly action: () => void;
}

/** Time that passes only when the test says so; for `Schedule` and for `NextFrame` (a frame is 16 ms). */
export class ManualTime {
  #now = 0;
  readonly #due = new Set<Due>();

  readonly schedule: Schedule = (action, milliseconds) => {
    const due = { at: this.#now + milliseconds, action };
    this.#due.add(due);
    return () => this.#due.delete(due);
  };

  readonly nextFrame: NextFrame = (action) => this.schedule(action, 16);

  /** Lets time pass and runs what is due, in order. What that schedules anew waits for the next passing. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    const now = [...this.#due].filter((due) => due.at <= this.#now).sort((one, other) => one.at - other.at);
    for (const due of now) {
      this.#due.delete(due);
      due.action();
    }
  }
}
