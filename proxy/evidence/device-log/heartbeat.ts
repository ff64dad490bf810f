import type { DeviceLog } from "./device-log.ts";
import { GrowingDigest } from "./growing-digest.ts";
import type { SessionEntries } from "./session-entries.ts";

export interface HeartbeatOptions {
  readonly log: Pick<DeviceLog, "append">;
  readonly sessions: Pick<SessionEntries, "beat">;
  readonly openSessions: () => number;
  /** The access log, whose beginning each heartbeat states: nothing in it can be changed afterwards without that showing. */
  readonly accessLogPath: string;
  readonly everyMs?: number;
}

const usualEveryMs = 5 * 60_000;

/** Enters every five minutes, and at the start, that the workstation runs: a log without them was not running, or was cut. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #accessLog: GrowingDigest;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void>;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#accessLog = new GrowingDigest(options.accessLogPath);
    this.#beating = this.#beat();
    this.#timer = setInterval(() => void this.beat(), options.everyMs ?? usualEveryMs);
    this.#timer.unref();
  }

  /** Enters one now, after the one that is under way. Never rejects. */
  beat(): Promise<void> {
    this.#beating = this.#beating.then(() => this.#beat());
    return this.#beating;
  }

  /** Enters a last one, and stops. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.beat();
  }

  async #beat(): Promise<void> {
    const { log, sessions, openSessions } = this.#options;
    await sessions.beat();
    // An access log that cannot be read is a matter of the next heartbeat; that the program runs is one of this.
    const accessLog = await this.#accessLog.head().catch(() => null);
    log.append({ kind: "heartbeat", openSessions: openSessions(), accessLog });
  }
}
