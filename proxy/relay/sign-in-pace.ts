/**
 * Slows down who tries passwords. Each wrong one makes the next tries of the same user name, or from the same address, wait longer
 * before they are looked at, or answered; a right one waits no longer than that. Wrong tries are forgotten one by one as time passes: a program
 * that tries an old password now and then slows down nobody, and nothing is ever locked.
 */

interface Tolerance {
  /** Wrong tries that cost nothing: people mistype. */
  readonly free: number;
  /** Wrong tries that are forgotten in a second. */
  readonly forgotten: number;
}

const ofUser: Tolerance = { free: 3, forgotten: 0.5 };
/** Many may come from one address. */
const ofAddress: Tolerance = { free: 30, forgotten: 5 };

const firstWaitMs = 50;
const longestWaitMs = 2000;
/** So many wrong tries beyond those that are free make a try wait longest; no more are counted. */
const steepest = 6;
/** Names and addresses of which wrong tries are remembered, of each. */
const mostRemembered = 4096;
/** Who comes with long names must not fill the memory with them. */
const longestKey = 100;

/** Clients that may wait at once: of one user name, and of all. */
const mostWaiting = { user: 32, all: 128 } as const;

export class SignInPace {
  private readonly now: () => number;
  private readonly users: WrongTries;
  private readonly addresses: WrongTries;
  private readonly waiting = new Map<string, number>();
  private waitingInAll = 0;

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
    this.users = new WrongTries(ofUser);
    this.addresses = new WrongTries(ofAddress);
  }

  /** How long this try has to wait, in milliseconds. */
  waitMs(user: string, address: string): number {
    const now = this.now();
    return Math.max(this.users.waitMs(user, now), tellsPeopleApart(address) ? this.addresses.waitMs(address, now) : 0);
  }

  /** Takes a place among those who wait, to be given back by `leave`; false where there is none. */
  enter(user: string): boolean {
    const key = keyOf(user);
    const sameUser = this.waiting.get(key) ?? 0;
    if (sameUser >= mostWaiting.user || this.waitingInAll >= mostWaiting.all) return false;
    this.waiting.set(key, sameUser + 1);
    this.waitingInAll += 1;
    return true;
  }

  leave(user: string): void {
    const key = keyOf(user);
    const sameUser = this.waiting.get(key) ?? 0;
    if (sameUser > 1) this.waiting.set(key, sameUser - 1);
    else this.waiting.delete(key);
    this.waitingInAll -= 1;
  }

  /** It was wrong. */
  wrong(user: string, address: string): void {
    this.users.add(user, this.now());
    if (tellsPeopleApart(address)) this.addresses.add(address, this.now());
  }
}

/** The wrong tries of names or addresses, as far as they are not forgotten. */
class WrongTries {
  private readonly tolerance: Tolerance;
  private readonly rows = new Map<string, { readonly tries: number; readonly at: number }>();

  constructor(tolerance: Tolerance) {
    this.tolerance = tolerance;
  }

  waitMs(name: string, now: number): number {
    const beyond = Math.floor(this.triesOf(keyOf(name), now)) - this.tolerance.free;
    return beyond < 0 ? 0 : Math.min(firstWaitMs * 2 ** beyond, longestWaitMs);
  }

  add(name: string, now: number): void {
    const key = keyOf(name);
    const tries = Math.min(this.triesOf(key, now) + 1, this.tolerance.free + steepest);
    // Set anew, so that the one which nobody tried for longest comes first.
    this.rows.delete(key);
    this.rows.set(key, { tries, at: now });
    for (const oldest of this.rows.keys()) {
      if (this.rows.size <= mostRemembered) return;
      this.rows.delete(oldest);
    }
  }

  private triesOf(key: string, now: number): number {
    const row = this.rows.get(key);
    return row === undefined ? 0 : Math.max(row.tries - (this.tolerance.forgotten * (now - row.at)) / 1000, 0);
  }
}

/** All programs of this machine have the same addresses: one of them must not slow down the others. */
function tellsPeopleApart(address: string): boolean {
  return address !== "localhost" && address !== "::1" && !address.startsWith("127.");
}

function keyOf(name: string): string {
  return name.slice(0, longestKey);
}
