/**
 * A session's transaction on its SQLite connection. It begins with the first statement, and turns into a writing one
 * with the first that writes: like InnoDB, a write sees what others have committed since.
 */
import type Database from "better-sqlite3";
import type { WriteLock } from "./write-lock.ts";

export class Transaction {
  private readonly db: Database.Database;
  private readonly lock: WriteLock;
  /** True between `START TRANSACTION` and its end. */
  private started = false;

  constructor(db: Database.Database, lock: WriteLock) {
    this.db = db;
    this.lock = lock;
  }

  /** Whether a client must be told that it is in a transaction. */
  get open(): boolean {
    return this.started;
  }

  /** `START TRANSACTION`: what was open is committed. */
  start(): void {
    this.commit();
    this.started = true;
  }

  /** Makes ready for a statement. Waits for the lock where it writes; fails with error 1205 where that takes too long. */
  async beforeStatement(writes: boolean, autocommit: boolean): Promise<void> {
    if (!autocommit) this.started = true;
    if (writes && !this.lock.heldBy(this)) {
      await this.lock.take(this);
      if (this.db.inTransaction) this.db.exec("COMMIT");
    }
    if (this.started && !this.db.inTransaction) this.db.exec(writes ? "BEGIN IMMEDIATE" : "BEGIN");
  }

  /** Ends what a statement outside a transaction began. */
  afterStatement(): void {
    if (!this.started) this.lock.release(this);
  }

  commit(): void {
    this.end("COMMIT");
  }

  rollback(): void {
    this.end("ROLLBACK");
  }

  private end(how: "COMMIT" | "ROLLBACK"): void {
    try {
      if (this.db.inTransaction) this.db.exec(how);
    } finally {
      this.started = false;
      this.lock.release(this);
    }
  }
}
