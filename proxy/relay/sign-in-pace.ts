/**
 * Slows down who tries passwords. Each wrong one makes the next tries of the same user name from the same address wait longer before
 * they are looked at, or answered; many wrong ones of a name from everywhere, or of an address, do so too. A right one waits no longer
 * than that. Wrong tries are forgotten one by one as time passes: a program that tries an old password now and then slows down nobody.
 *
 * Nothing is ever locked, and whoever knows a user name keeps nobody busy who comes from another address. What comes from one address
 * cannot be told apart: there, and among the programs of this machine, who is right may have to try again while others guess.
 */

interface Tolerance {
  /** Wrong tries that cost nothing: people mistype. */
  readonly free: number;
  /** Wrong tries that are forgotten in a second. */
  readonly forgotten: number;
  readonly longestWaitMs: number;
}

/** Of a user name from one address. */
const ofPlace: Tolerance = { free: 3, forgotten: 0.5, longestWaitMs: 2000 };
/** Of a user name from wherever: a wait that who is right can bear. */
const ofUser: Tolerance = { free: 30, forgotten: 5, longestWaitMs: 250 };
/** Many may come from one address. */
const ofAddress: Tolerance = { free: 30, forgotten: 5, longestWaitMs: 2000 };

const firstWaitMs = 50;
/** So many wrong tries beyond those that are free make a try wait longest; no more are counted. */
const steepest = 6;
/** Names and addresses of which wrong tries are remembered, of each. */
const mostRemembered = 4096;
/** Who comes with long names must not fill the memory with them. */
const longestKey = 100;

/** Clients that may wait at once for their own wrong tries: of one user name from one address, and of one address. */
const mostWaiting = { place: 32, address: 128 } as const;

/** How long a try has to wait, and whether that is for tries from its own address: then it needs a place to wait in. */
export interface Wait {
  readonly milliseconds: number;
  readonly needsPlace: boolean;
}

export class SignInPace {
  private readonly now: () => number;
  private readonly places = new WrongTries(ofPlace);
  private readonly users = new WrongTries(ofUser);
  private readonly addresses = new WrongTries(ofAddress);
  private readonly waiting = new Map<string, number>();

  /** `now`: milliseconds of a clock that only goes on. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  waitOf(user: string, address: string): Wait {
    const now = this.now();
    const ofNetwork = tellsPeopleApart(address) ? this.addresses.waitMs(networkOf(address), now) : 0;
    const own = Math.max(this.places.waitMs(placeOf(user, address), now), ofNetwork);
    return { milliseconds: Math.max(own, this.users.waitMs(user, now)), needsPlace: own > 0 };
  }

  /** Takes a place among those who wait, to be given back by `leave`; false where there is none. */
  enter(user: string, address: string): boolean {
    const [place, network] = [placeOf(user, address), networkOf(address)];
    if (this.waitingAt(place) >= mostWaiting.place || this.waitingAt(network) >= mostWaiting.address) return false;
    this.waiting.set(place, this.waitingAt(place) + 1);
    this.waiting.set(network, this.waitingAt(network) + 1);
    return true;
  }

  leave(user: string, address: string): void {
    for (const key of [placeOf(user, address), networkOf(address)]) {
      if (this.waitingAt(key) > 1) this.waiting.set(key, this.waitingAt(key) - 1);
      else this.waiting.delete(key);
    }
  }

  /** It was wrong. */
  wrong(user: string, address: string): void {
    const now = this.now();
    this.places.add(placeOf(user, address), now);
    this.users.add(user, now);
    if (tellsPeopleApart(address)) this.addresses.add(networkOf(address), now);
  }

  private waitingAt(key: string): number {
    return this.waiting.get(key) ?? 0;
  }
}

/** The wrong tries of names, addresses or both, as far as they are not forgotten. */
class WrongTries {
  private readonly tolerance: Tolerance;
  private readonly rows = new Map<string, { readonly tries: number; readonly at: number }>();

  constructor(tolerance: Tolerance) {
    this.tolerance = tolerance;
  }

  waitMs(name: string, now: number): number {
    const beyond = Math.floor(this.triesOf(keyOf(name), now)) - this.tolerance.free;
    return beyond < 0 ? 0 : Math.min(firstWaitMs * 2 ** beyond, this.tolerance.longestWaitMs);
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

/** A user name as it comes from an address; no address has a space in it. */
function placeOf(user: string, address: string): string {
  return `${networkOf(address)} ${keyOf(user)}`;
}

/** The address; of IPv6 the network of 64 bits, in which one machine can have as many addresses as it likes. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const words = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [before, behind] = [words(head), words(tail)];
  const zeros = Array.from({ length: Math.max(8 - before.length - behind.length, 0) }, () => "0");
  return [...before, ...zeros, ...behind].slice(0, 4).join(":");
}
