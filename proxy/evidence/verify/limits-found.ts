import type { Limit, LimitCode } from "./verdict.ts";

/** Sessions that are named in a limit; of more, how many. */
const mostNamed = 3;

/** Gathers what a bundle leaves open: one limit for each reason, however many sessions it is of. */
export class LimitsFound {
  readonly #found = new Map<string, { readonly code: LimitCode; readonly reason: string; readonly sessions: string[] }>();

  /** `reason`: a sentence without its full stop, which holds for the session, or for the bundle. */
  add(code: LimitCode, reason: string, session?: string): void {
    const key = `${code}\n${reason}`;
    const known = this.#found.get(key) ?? { code, reason, sessions: [] };
    this.#found.set(key, known);
    if (session !== undefined && !known.sessions.includes(session)) known.sessions.push(session);
  }

  get all(): Limit[] {
    return [...this.#found.values()].map(({ code, reason, sessions }) => ({ code, message: `${reason}${named(sessions)}.` }));
  }
}

function named(sessions: readonly string[]): string {
  if (sessions.length === 0) return "";
  const shown = sessions.slice(0, mostNamed).join(", ");
  const more = sessions.length - mostNamed;
  return ` (session${sessions.length === 1 ? "" : "s"} ${shown}${more > 0 ? ` and ${more} more` : ""})`;
}
