import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { openPrivateDatabase } from "./library/private-database.ts";
import type { FailureError } from "./model/failure.ts";

/** Waits vary, so that two processes that change a lot do not meet again and again. */
const leastPauseMs = 5;
const mostPauseMs = 25;

export interface ExclusiveLock {
  /** The lock's file, which is made where it is not there. Its directory must be there. */
  readonly file: string;
  /** How long another holder is waited for, in milliseconds. */
  readonly waitMs: number;
  /** What is thrown where another one has held it for that long. */
  busy(): FailureError;
  /** What is thrown where the file cannot be locked at all. */
  unusable(cause: unknown): FailureError;
}

/**
 * Does something while no other process, and nobody else in this one, holds the same lock. It is a lock of the operating system on
 * a file of its own (an exclusive transaction in a tiny database), so that it is free again when its holder dies. Rejects with what
 * `lock` says where it cannot be had; `change` was not called then.
 */
export async function withExclusiveLock<T>(lock: ExclusiveLock, change: () => Promise<T>): Promise<T> {
  const database = openLock(lock);
  try {
    await taken(database, lock);
    return await change();
  } finally {
    // Whoever closes it gives it back.
    database.close();
  }
}

function openLock(lock: ExclusiveLock): Database.Database {
  try {
    return openPrivateDatabase(lock.file, { timeout: 0 });
  } catch (cause) {
    throw lock.unusable(cause);
  }
}

async function taken(database: Database.Database, lock: ExclusiveLock): Promise<void> {
  const deadline = performance.now() + lock.waitMs;
  while (!tryTake(database, lock)) {
    if (performance.now() >= deadline) throw lock.busy();
    await pause(leastPauseMs + Math.random() * (mostPauseMs - leastPauseMs));
  }
}

function tryTake(database: Database.Database, lock: ExclusiveLock): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (cause) {
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY")) return false;
    throw lock.unusable(cause);
  }
}
