/**
 * The clock of a recorder: Unix nanoseconds that never go back while the process runs, whatever is done to the
 * system's clock meanwhile, and that are right again after the machine has slept.
 */

/** How far the system's clock may be ahead before it is followed: two clocks do not agree to the millisecond. */
const followedFromNs = 1_000_000_000n;

/**
 * Goes on with a clock that only ever goes forward. That one stands still while the machine sleeps, so where the
 * system's clock is ahead by a second or more it is followed.
 */
export class RecordingClock {
  private readonly wallMs: () => number;
  private readonly steadyNs: () => bigint;
  private base: bigint;

  /**
   * `wallMs`: milliseconds since the Unix epoch, which may be set to anything; `steadyNs`: nanoseconds that never go back;
   * `startNs`: the time now, where it is known more finely than by `wallMs`.
   */
  constructor(wallMs: () => number, steadyNs: () => bigint, startNs?: bigint) {
    this.wallMs = wallMs;
    this.steadyNs = steadyNs;
    this.base = (startNs ?? this.wallNs()) - steadyNs();
  }

  /** Nanoseconds since the Unix epoch, never less than it said before. */
  nowNs(): bigint {
    const now = this.base + this.steadyNs();
    const ahead = this.wallNs() - now;
    if (ahead < followedFromNs) return now;
    this.base += ahead;
    return now + ahead;
  }

  private wallNs(): bigint {
    return BigInt(this.wallMs()) * 1_000_000n;
  }
}

const startNs = BigInt(Math.round(performance.timeOrigin * 1e6)) + BigInt(Math.round(performance.now() * 1e6));
const clock = new RecordingClock(Date.now, process.hrtime.bigint, startNs);

/** Nanoseconds since the Unix epoch, monotonic within this thread. */
export function nowNs(): bigint {
  return clock.nowNs();
}
