/** The one lock for writing that all sessions of the training database share: SQLite has one writer at a time. */
import { MysqlError } from "./mysql-error.ts";

interface Waiting {
  readonly session: object;
  readonly granted: () => void;
  readonly timer: NodeJS.Timeout;
}

export class WriteLock {
  private holder: object | null = null;
  private readonly queue: Waiting[] = [];
  private readonly patienceMs: number;

  /** @param patienceMs how long a session waits before it is answered with error 1205, as InnoDB does. */
  constructor(patienceMs: number) {
    this.patienceMs = patienceMs;
  }

  heldBy(session: object): boolean {
    return this.holder === session;
  }

  /** Resolves when `session` holds the lock; fails with error 1205 where that takes too long. */
  async take(session: object): Promise<void> {
    if (this.holder === session) return;
    if (this.holder === null) {
      this.holder = session;
      return;
    }
    await new Promise<void>((granted, refused) => {
      const timer = setTimeout(() => {
        this.forget(session);
        refused(new MysqlError(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"));
      }, this.patienceMs);
      this.queue.push({ session, granted, timer });
    });
  }

  /** Gives the lock to who waits longest; nothing where `session` does not hold it. */
  release(session: object): void {
    if (this.holder !== session) return;
    const next = this.queue.shift();
    this.holder = next?.session ?? null;
    if (!next) return;
    clearTimeout(next.timer);
    next.granted();
  }

  private forget(session: object): void {
    const at = this.queue.findIndex((waiting) => waiting.session === session);
    if (at >= 0) this.queue.splice(at, 1);
  }
}
