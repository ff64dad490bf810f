import { type Failure, FailureError } from "../model/failure.ts";
import { Bell } from "./bell.ts";
import type { StreamEvent } from "./contract.ts";
import type { LibraryReader } from "./core.ts";

type Followed = StreamEvent<"statements.follow">;

/** Batches that may wait for a slow reader before the library is told to stop sending. */
const pendingLimit = 8;

/**
 * Rows that match and arrive after the cursor, as a pulled stream over the library's pushed one. When the reader is
 * slower than the rows, the library's follow ends, and begins again at the reader's cursor once it has caught up:
 * nothing is lost or repeated, and what waits in memory is bounded.
 */
export async function* followStatements(
  library: LibraryReader,
  filter: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const arrived = new Bell();
  const pending: Followed[] = [];
  let cursor = after;
  let failure: Failure | null = null;
  let unfollow: (() => void) | null = null;

  const pauseFollowing = () => {
    unfollow?.();
    unfollow = null;
  };
  const followed = (event: Followed) => {
    if (pending.length >= pendingLimit) return;
    pending.push(event);
    if (pending.length === pendingLimit) pauseFollowing();
    arrived.ring();
  };
  const failed = (reason: Failure) => {
    failure = reason;
    arrived.ring();
  };

  try {
    while (!signal.aborted) {
      const event = pending.shift();
      if (event !== undefined) {
        cursor = event.after;
        yield event;
        continue;
      }
      if (failure !== null) throw failureError(failure);
      unfollow ??= library.follow(filter, cursor, { followed, failed });
      await arrived.heard(signal);
    }
  } finally {
    pauseFollowing();
  }
}

function failureError(failure: Failure): FailureError {
  return new FailureError(failure.code, failure.message);
}
