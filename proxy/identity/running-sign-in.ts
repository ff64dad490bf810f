import { FailureError } from "../model/failure.ts";
import { Alarm } from "./alarm.ts";
import { type IdentityKey, signedOut } from "./identity-key.ts";
import type { GroupRole } from "./identity-settings.ts";
import type { SignIn, SignInEnd, Vouched } from "./sign-in.ts";
import { signedInPerson } from "./signed-in-person.ts";

/** Part of what is left of a sign-in after which it is renewed, and the longest that the provider is not asked. */
const renewAfter = 0.7;
const askEveryMs = 5 * 60_000;
/** Between tries where the provider cannot be reached. */
const leastRetryMs = 1000;
const mostRetryMs = 60_000;
/** How long a person may have no page open: a browser that lost its cookie cannot sign out. */
const unseenLimitMs = 12 * 3_600_000;

export interface RunningSignInOptions {
  readonly id: string;
  readonly key: IdentityKey;
  readonly vouched: Vouched;
  readonly since: number;
  /** The file of the key binding; `null` where the key is not bound. */
  readonly keyBinding: string | null;
  readonly roles: () => readonly GroupRole[];
  readonly changed: (signIn: SignIn) => void;
  /** The key is the caller's to wipe from then on. */
  readonly ended: (signIn: SignIn, end: SignInEnd) => void;
  /** Nobody has had a page of it open for 12 hours: it is to be ended. */
  readonly unseen: () => void;
}

/** One sign-in from its beginning to its end: renews it while the provider says yes, and ends it when its time is over. */
export class RunningSignIn {
  readonly #options: RunningSignInOptions;
  readonly #stop = new AbortController();
  readonly #expiry = new Alarm();
  readonly #renewal = new Alarm();
  #vouched: Vouched;
  #current: SignIn;
  #retryMs = leastRetryMs;
  /** Why the provider could not be asked, where it could not. */
  #trouble: string | null = null;
  readonly #unseen = new Alarm();
  /** When the person was seen last; `null` while they are there. */
  #seenAt: number | null;

  constructor(options: RunningSignInOptions) {
    this.#options = options;
    this.#vouched = options.vouched;
    this.#current = this.#snapshot();
    this.#seenAt = options.since;
    this.#plan();
  }

  /** In microseconds since the Unix epoch; `null` while a page of theirs is open. */
  get seenAt(): number | null {
    return this.#seenAt;
  }

  /** The person is there, at a page of theirs, or has just closed the last one. */
  seen(isThere: boolean): void {
    if (this.#stop.signal.aborted) return;
    const now = Date.now();
    this.#seenAt = isThere ? null : now * 1000;
    if (isThere) this.#unseen.clear();
    else this.#unseen.set(now + unseenLimitMs, () => this.#options.unseen());
  }

  /** `null` after its end; its time is looked at too, because a computer that slept rings no alarms. */
  get current(): SignIn | null {
    if (!this.#stop.signal.aborted && this.#isOver()) this.#expire();
    return this.#stop.signal.aborted ? null : this.#current;
  }

  /** Takes over a changed table of roles. */
  refreshRoles(): void {
    this.#update(this.#vouched);
  }

  /** Ends it at once; it is told of before this returns. Does nothing where it has ended already. */
  end(end: SignInEnd): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#expiry.clear();
    this.#renewal.clear();
    this.#unseen.clear();
    this.#options.ended(this.#current, end);
  }

  /** Gives back at the provider what can be given back. Rejects with a `FailureError` where that failed. */
  forget(): Promise<void> {
    return this.#vouched.forget();
  }

  #plan(): void {
    const { until, renew } = this.#vouched;
    if (until !== null) this.#expiry.set(until / 1000, () => this.#expire());
    if (renew === null) return;
    const now = Date.now();
    this.#renewal.set(now + Math.min(this.#leftMs(now) * renewAfter, askEveryMs), () => void this.#renew(renew));
  }

  async #renew(renew: NonNullable<Vouched["renew"]>): Promise<void> {
    try {
      const vouched = await renew(this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      this.#retryMs = leastRetryMs;
      this.#trouble = null;
      this.#update(vouched);
      this.#plan();
    } catch (thrown) {
      if (!this.#stop.signal.aborted) this.#notRenewed(thrown, renew);
    }
  }

  #notRenewed(thrown: unknown, renew: NonNullable<Vouched["renew"]>): void {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (!(thrown instanceof FailureError && thrown.code === "provider-unreachable")) {
      this.end({ cause: "refused", message: `Your sign-in has ended, because the identity provider did not renew it. ${message}` });
      return;
    }
    this.#trouble = message;
    const now = Date.now();
    // Several tries fit into what is left of a short time.
    const wait = Math.min(this.#retryMs, Math.max(this.#leftMs(now) / 3, leastRetryMs / 10));
    this.#renewal.set(now + wait, () => void this.#renew(renew));
    this.#retryMs = Math.min(this.#retryMs * 2, mostRetryMs);
  }

  /** Milliseconds until it ends where it is not renewed. */
  #leftMs(now: number): number {
    const { until } = this.#vouched;
    return until === null ? Number.POSITIVE_INFINITY : Math.max(until / 1000 - now, 0);
  }

  #isOver(): boolean {
    return this.#leftMs(Date.now()) === 0;
  }

  #expire(): void {
    const why = this.#trouble === null ? "its time is over" : `it could not be renewed in time. ${this.#trouble}`;
    this.end({ cause: "expired", message: `Your sign-in has ended: ${why}${why.endsWith(".") ? "" : "."} Sign in again.` });
  }

  #update(vouched: Vouched): void {
    this.#vouched = vouched;
    this.#current = this.#snapshot();
    this.#options.changed(this.#current);
  }

  #snapshot(): SignIn {
    const { id, since, keyBinding, roles } = this.#options;
    return { id, ...signedInPerson(this.#vouched, roles(), id), since, keyBinding, sign: (bytes) => this.#sign(bytes) };
  }

  #sign(bytes: Uint8Array): Uint8Array {
    if (this.#stop.signal.aborted) throw signedOut();
    return this.#options.key.sign(bytes);
  }
}
