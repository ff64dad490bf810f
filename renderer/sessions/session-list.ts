import type { SessionListed } from "../../proxy/api/contract.ts";

/** `known` with `changed` sessions put in or replaced, newest first. */
export function mergeSessions(known: readonly SessionListed[], changed: readonly SessionListed[]): readonly SessionListed[] {
  if (changed.length === 0) return known;
  const byId = new Map(known.map((session) => [session.id, session]));
  for (const session of changed) byId.set(session.id, session);
  return [...byId.values()].sort((one, other) => other.startedAt - one.startedAt || (other.id < one.id ? -1 : 1));
}
