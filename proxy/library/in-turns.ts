import { setImmediate as turn } from "node:timers/promises";
import { cancelled } from "../model/failure.ts";

/**
 * Does work that pauses every now and then, and lets whatever else waits for the thread have its turn at each pause.
 * Where `signal` aborts, the work ends at its next pause, and the promise rejects with a `FailureError`.
 */
export async function inTurns<T>(work: Generator<undefined, T>, signal?: AbortSignal): Promise<T> {
  try {
    for (;;) {
      if (signal?.aborted) throw cancelled();
      const step = work.next();
      if (step.done === true) return step.value;
      await turn();
    }
  } finally {
    work.return(undefined as never);
  }
}
