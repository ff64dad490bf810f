import { setImmediate as turn } from "node:timers/promises";

/** Does work that pauses every now and then, and lets whatever else waits for the thread have its turn at each pause. */
export async function inTurns<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await turn();
  }
}
