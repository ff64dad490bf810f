import fs from "node:fs";
import Database from "better-sqlite3";

/**
 * Opens a database that its owner alone can read, wherever the data directory lies: it holds what recordings hold. SQLite
 * gives its log and its other files the mode of the database. Throws where it cannot be opened.
 */
export function openPrivateDatabase(file: string, options: Database.Options = {}): Database.Database {
  makePrivate(file);
  return new Database(file, options);
}

/** By name and not by opening it: a process that closes a file loses its locks on it, those of SQLite too. */
function makePrivate(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, "ax", 0o600));
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    for (const suffix of ["", "-wal", "-shm", "-journal"]) chmodWhereThere(file + suffix);
  }
}

function chmodWhereThere(file: string): void {
  const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o077) !== 0 && process.platform !== "win32") fs.chmodSync(file, mode & 0o700);
}
