import path from "node:path";
import { withExclusiveLock } from "./exclusive-lock.ts";
import { FailureError, failureOf } from "./model/failure.ts";

/** How long a change waits for another process to end its own; a change takes milliseconds, and half a second with a new passphrase. */
const waitLimitMs = 10_000;

/**
 * Changes the settings of a data directory while no other process does. Rejects with a `FailureError` where their lock cannot be
 * had (`settings-busy`, `settings-unwritable`); `change` was not called then.
 */
export function withSettingsLock<T>(dataDirectory: string, change: () => Promise<T>, waitMs = waitLimitMs): Promise<T> {
  const lock = {
    file: lockPath(dataDirectory),
    waitMs,
    busy: () => busy(dataDirectory, waitMs),
    unusable: (cause: unknown) => unusable(dataDirectory, cause),
  };
  return withExclusiveLock(lock, change);
}

function lockPath(dataDirectory: string): string {
  return path.join(dataDirectory, "settings.lock");
}

function busy(dataDirectory: string, waitMs: number): FailureError {
  const message =
    `Another Stenograph process has been changing the settings in ${dataDirectory} for more than ${waitMs / 1000} s. ` +
    "Nothing was changed. Try again; where it hangs, end that process.";
  return new FailureError("settings-busy", message);
}

function unusable(dataDirectory: string, cause: unknown): FailureError {
  const message = `The settings cannot be changed, because ${lockPath(dataDirectory)} cannot be locked: ${failureOf(cause).message}. Nothing was changed.`;
  return new FailureError("settings-unwritable", message, { cause });
}
