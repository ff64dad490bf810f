import type { EndOpenSessions } from "./identity-settings.ts";

/** What ends open sessions: the relay. */
export interface EndsSessions {
  /** `message` is for the clients of the sessions. */
  endSessions(credentials: readonly string[], message: string): void;
}

const minuteMs = 60_000;

/** Ends the open sessions of credentials that are over, when the settings want it. */
export class SessionEnds {
  readonly #relay: EndsSessions;
  readonly #setting: () => EndOpenSessions;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(relay: EndsSessions, setting: () => EndOpenSessions) {
    this.#relay = relay;
    this.#setting = setting;
  }

  /** Their identity has ended: as the settings are at this moment. */
  identityEnded(credentials: readonly string[], message: string): void {
    const setting = this.#setting();
    switch (setting.kind) {
      case "at-once":
        this.revoked(credentials, message);
        return;
      case "after": {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.revoked(credentials, message);
        }, setting.minutes * minuteMs);
        timer.unref();
        this.#timers.add(timer);
        return;
      }
      case "never":
    }
  }

  /** Somebody took them back: at once. */
  revoked(credentials: readonly string[], message: string): void {
    if (credentials.length > 0) this.#relay.endSessions(credentials, message);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
