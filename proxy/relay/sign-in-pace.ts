/**
 * Slows down who tries passwords. Each wrong one makes the next try of the same user name, or from the same address, wait longer
 * before it is looked at; a right one waits no longer than that, and is forgiven what went before. Nothing is ever locked.
 */

/** Wrong tries that cost nothing: people mistype, and addresses are shared by all programs of a machine. */
const free = { user: 3, address: 30 } as const;

const firstWaitMs = 50;
const longestWaitMs = 2000;
/** A row of wrong tries is over after this time without another. */
const forgottenAfterMs = 60_000;
/** Names and addresses of which wrong tries are remembered, of each. */
const mostRemembered = 4096;
/** Who comes with long names must not fill the memory with them. */
const longestKey = 100;

/** Clients that may wait at once: of one user name, and of all. */
const mostWaiting = { user: 32, all: 128 } as const;

interface Row {
  wrong: number;
  lastAt: number;
}

export class SignInPace {
  private readonly now: () => number;
  private readonly users = new Map<string, Row>();
  private readonly addresses = new Map<string, Row>();
  private readonly waiting = new Map<string, number>();
  private waitingInAll = 0;

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** How long this try has to wait, in milliseconds. */
  waitMs(user: string, address: string): number {
    return Math.max(this.waitOf(this.users, user, free.user), this.waitOf(this.addresses, address, free.address));
  }

  /** Takes a place among those who wait, to be given back by `leave`; false where there is none. */
  enter(user: string): boolean {
    const key = keyOf(user);
    const ofUser = this.waiting.get(key) ?? 0;
    if (ofUser >= mostWaiting.user || this.waitingInAll >= mostWaiting.all) return false;
    this.waiting.set(key, ofUser + 1);
    this.waitingInAll += 1;
    return true;
  }

  leave(user: string): void {
    const key = keyOf(user);
    const ofUser = this.waiting.get(key) ?? 0;
    if (ofUser > 1) this.waiting.set(key, ofUser - 1);
    else this.waiting.delete(key);
    this.waitingInAll -= 1;
  }

  /** It was wrong. */
  wrong(user: string, address: string): void {
    this.count(this.users, user);
    this.count(this.addresses, address);
  }

  /** It was right. The address may be others' too, who were not. */
  right(user: string): void {
    this.users.delete(keyOf(user));
  }

  private waitOf(rows: Map<string, Row>, name: string, freeTries: number): number {
    const row = rows.get(keyOf(name));
    if (row === undefined || this.isForgotten(row) || row.wrong < freeTries) return 0;
    return Math.min(firstWaitMs * 2 ** Math.min(row.wrong - freeTries, 10), longestWaitMs);
  }

  private count(rows: Map<string, Row>, name: string): void {
    const key = keyOf(name);
    const row = rows.get(key);
    const wrong = row === undefined || this.isForgotten(row) ? 1 : row.wrong + 1;
    // Set anew, so that the one which nobody tried for longest comes first.
    rows.delete(key);
    rows.set(key, { wrong, lastAt: this.now() });
    for (const oldest of rows.keys()) {
      if (rows.size <= mostRemembered) return;
      rows.delete(oldest);
    }
  }

  private isForgotten({ lastAt }: Row): boolean {
    return this.now() - lastAt > forgottenAfterMs;
  }
}

function keyOf(name: string): string {
  return name.slice(0, longestKey);
}
