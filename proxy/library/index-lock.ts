import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { openPrivateDatabase } from "./private-database.ts";

/**
 * The right to index a data directory, which one process has at a time. It is a lock of the operating system on a file
 * of its own (an exclusive transaction in a tiny database), so that it is free again when its holder dies.
 */
export class IndexLock {
  readonly #file: string;
  #database: Database.Database;
  #held = false;

  constructor(dataDirectory: string) {
    this.#file = path.join(dataDirectory, "library.lock");
    this.#database = openPrivateDatabase(this.#file, { timeout: 0 });
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes the lock if it is free, without waiting; true when it is held afterwards. */
  take(): boolean {
    if (this.#held) return true;
    try {
      this.#database.exec("BEGIN EXCLUSIVE");
      this.#held = true;
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      if (thrown.code === "SQLITE_NOTADB") return this.#takeAnew();
      if (!thrown.code.startsWith("SQLITE_BUSY")) throw thrown;
    }
    return this.#held;
  }

  /** The file was damaged. Nobody holds it: who does keeps others from looking at its content. */
  #takeAnew(): boolean {
    this.#database.close();
    fs.rmSync(this.#file, { force: true });
    this.#database = openPrivateDatabase(this.#file, { timeout: 0 });
    return this.take();
  }

  /** Gives the lock back. */
  close(): void {
    if (this.#held) this.#database.exec("ROLLBACK");
    this.#held = false;
    this.#database.close();
  }
}
