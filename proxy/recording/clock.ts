/**
 * The clock of a recorder: Unix nanoseconds that never go back while the process runs, whatever is done to the
 * system's clock meanwhile.
 */
const base = BigInt(Math.round(performance.timeOrigin * 1e6)) + BigInt(Math.round(performance.now() * 1e6)) - process.hrtime.bigint();

/** Nanoseconds since the Unix epoch, monotonic within this thread. */
export function nowNs(): bigint {
  return base + process.hrtime.bigint();
}
