import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { openPrivateDatabase } from "./library/private-database.ts";
import { FailureError, failureOf } from "./model/failure.ts";

/** How long a change waits for another process to end its own; a change takes milliseconds, and half a second with a new passphrase. */
const waitLimitMs = 10_000;
/** Waits vary, so that two processes that change a lot do not meet again and again. */
const leastPauseMs = 5;
const mostPauseMs = 25;

/**
 * Changes the settings of a data directory while no other process does. It is a lock of the operating system on a file of its
 * own (an exclusive transaction in a tiny database), so that it is free again when its holder dies. Rejects with a
 * `FailureError` where it cannot be had (`settings-busy`, `settings-unwritable`); `change` was not called then.
 */
export async function withSettingsLock<T>(dataDirectory: string, change: () => Promise<T>, waitMs = waitLimitMs): Promise<T> {
  const lock = openLock(dataDirectory);
  try {
    await taken(lock, dataDirectory, waitMs);
    return await change();
  } finally {
    // Whoever closes it gives it back.
    lock.close();
  }
}

function openLock(dataDirectory: string): Database.Database {
  try {
    return openPrivateDatabase(lockPath(dataDirectory), { timeout: 0 });
  } catch (cause) {
    throw unusable(dataDirectory, cause);
  }
}

async function taken(lock: Database.Database, dataDirectory: string, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!tryTake(lock, dataDirectory)) {
    if (performance.now() >= deadline) throw busy(dataDirectory, waitMs);
    await pause(leastPauseMs + Math.random() * (mostPauseMs - leastPauseMs));
  }
}

function tryTake(lock: Database.Database, dataDirectory: string): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (cause) {
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY")) return false;
    throw unusable(dataDirectory, cause);
  }
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
