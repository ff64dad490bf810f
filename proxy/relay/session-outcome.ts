/** How a session ended: what is told first counts, because what follows is only its consequence. */
import type { CloseCause } from "../model/session.ts";

export class SessionOutcome {
  private settled: { readonly cause: CloseCause; readonly detail: string | null } | null = null;

  /** Why it ended; `null` until that is known. */
  get cause(): CloseCause | null {
    return this.settled?.cause ?? null;
  }

  /** A sentence on it, where there is one. */
  get detail(): string | null {
    return this.settled?.detail ?? null;
  }

  /** The session has ended for this cause, unless it has for another. */
  settle(cause: CloseCause, detail: string | null): void {
    this.settled ??= { cause, detail };
  }

  /** The session has ended for this cause, whatever was told before. */
  replace(cause: CloseCause, detail: string | null): void {
    this.settled = { cause, detail };
  }
}
