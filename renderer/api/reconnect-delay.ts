const first = 250;
const longest = 5_000;

/** Milliseconds to wait before try `attempt` (0 for the first): doubled each time, never more than five seconds. */
export function reconnectDelay(attempt: number): number {
  return Math.min(longest, first * 2 ** Math.min(attempt, 10));
}
