/**
 * Tells whether the process that wrote a recording still runs. Each recorder (one run of the program) holds an
 * exclusive lock on a small SQLite file of its own, which the operating system gives back however the process ends.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";

const directoryOf = (dataDirectory: string): string => path.join(dataDirectory, "recorders");
const fileOf = (dataDirectory: string, recorder: string): string => path.join(directoryOf(dataDirectory), `${recorder}.lock`);

function tryLock(file: string): Database.Database | null {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;");
    return database;
  } catch (thrown) {
    database.close();
    if (thrown instanceof Database.SqliteError && thrown.code.startsWith("SQLITE_BUSY")) return null;
    throw thrown;
  }
}

/** A database that nobody refers to any more is closed when memory is tidied up, and its lock with it. */
const held = new Set<RecorderLock>();

/** The lock of this run of the program. */
export class RecorderLock {
  /** Id of the recorder; each recording's open frame names it. */
  readonly id: string;
  private readonly file: string;
  private readonly lock: Database.Database;

  private constructor(id: string, file: string, lock: Database.Database) {
    this.id = id;
    this.file = file;
    this.lock = lock;
  }

  /** Takes the lock of a new recorder. Throws where the data directory cannot be written. */
  static acquire(dataDirectory: string): RecorderLock {
    fs.mkdirSync(directoryOf(dataDirectory), { recursive: true, mode: 0o700 });
    const id = randomUUID();
    const file = fileOf(dataDirectory, id);
    const lock = tryLock(file);
    if (lock === null) throw new Error(`the lock of a new recorder is taken: ${file}`);
    const acquired = new RecorderLock(id, file, lock);
    held.add(acquired);
    return acquired;
  }

  /** Gives the lock back: recordings of this recorder that are not closed count as crashed from now on. */
  release(): void {
    held.delete(this);
    this.lock.close();
    fs.rmSync(this.file, { force: true });
  }
}

/** Whether the recorder with this id still runs on this machine. */
export function recorderIsAlive(dataDirectory: string, recorder: string): boolean {
  if (!/^[0-9a-f-]{36}$/.test(recorder)) return false;
  const file = fileOf(dataDirectory, recorder);
  if (!fs.existsSync(file)) return false;
  if (isHeld(file)) return true;
  fs.rmSync(file, { force: true });
  return false;
}

/** What is no database was damaged, or was never a lock: who holds one keeps others from as much as looking at its content. */
function isHeld(file: string): boolean {
  try {
    const lock = tryLock(file);
    lock?.close();
    return lock === null;
  } catch (thrown) {
    if (thrown instanceof Database.SqliteError && thrown.code === "SQLITE_NOTADB") return false;
    throw thrown;
  }
}
