/** Waits until the library has everything of the sessions that have ended. */
import type { Library } from "../../api/core.ts";
import { FailureError } from "../../model/failure.ts";
import { allSessions } from "../../model/read-scope.ts";
import type { LibraryCalls } from "./compare-library.ts";
import { sessionsSince } from "./compare-library.ts";

/**
 * Resolves when the library shows `expected` sessions that started at or after `since`, all of them closed and sealed,
 * and when it is behind with nothing. Rejects with code `library-behind` after `limitMs`.
 */
export async function untilComplete(
  library: Library,
  calls: Pick<LibraryCalls, "sessions.list">,
  { since, expected, limitMs }: { readonly since: number; readonly expected: number; readonly limitMs: number },
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const change = nextChange(library, Math.max(1, deadline - Date.now()));
    const sessions = await sessionsSince(calls, since);
    const ended = sessions.filter((session) => session.endedAt !== null && session.sealed).length;
    if (ended >= expected && ended === sessions.length && library.state.state === "current") return change.forget();
    if (Date.now() >= deadline) {
      change.forget();
      const why = `${ended} of ${expected} sessions are closed, sealed and indexed, and the library is ${library.state.state}`;
      throw new FailureError("library-behind", `The library did not catch up within ${limitMs / 1000} seconds: ${why}.`);
    }
    await change.heard;
  }
}

/** The library's next word of a session or of its state; heard too when the time is over. */
function nextChange(library: Library, limitMs: number): { readonly heard: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  const unsubscribe = [library.within(allSessions).onSessions(() => resolve()), library.onState(() => resolve())];
  const forget = () => {
    clearTimeout(timer);
    for (const end of unsubscribe) end();
    resolve();
  };
  void promise.then(forget);
  return { heard: promise, forget };
}
