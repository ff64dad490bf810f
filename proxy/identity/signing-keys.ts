import type { ClientInstance, IdentityKey } from "./identity-key.ts";

/** Signs for a person, as long as their key is there. */
export interface SignsForPerson {
  readonly clientInstance: ClientInstance;
  /** ES256: r and s of 32 bytes each. Throws a `FailureError` (`signed-out`) after the key was wiped. */
  sign(bytes: Uint8Array): Uint8Array;
}

interface HeldKey {
  readonly key: IdentityKey;
  /** Whether the provider's statement vouches for it: a signature by another one says nothing of the person. */
  readonly bound: boolean;
}

/** How long the sessions that end with a sign-in may take to be sealed, unless told. */
const usualLimitMs = 5000;

/**
 * The identity keys of sign-ins, for signing what was recorded under them. A key outlives its sign-in only until the sessions that
 * ended with it are sealed, and by a few seconds at most; then it is wiped.
 */
export class SigningKeys {
  readonly #keys = new Map<string, HeldKey>();
  #settled: ((signIn: string) => Promise<void>) | null = null;
  #limitMs = usualLimitMs;

  add(signIn: string, held: HeldKey): void {
    this.#keys.set(signIn, held);
  }

  /** `null` where the sign-in's key is not vouched for by the provider, is gone, or never was of this process. */
  of(signIn: string): SignsForPerson | null {
    const held = this.#keys.get(signIn);
    return held?.bound === true ? held.key : null;
  }

  /** From now on the keys of sign-ins that end are kept until `settled` resolves for them, for `limitMs` at most. */
  keepUntil(settled: (signIn: string) => Promise<void>, limitMs = usualLimitMs): void {
    this.#settled = settled;
    this.#limitMs = limitMs;
  }

  /** The sign-in has ended. */
  end(signIn: string): void {
    if (this.#settled === null) this.#wipe(signIn);
    else this.#wipeAfter(signIn, this.#settled(signIn));
  }

  #wipeAfter(signIn: string, settled: Promise<void>): void {
    const wipe = (): void => {
      clearTimeout(limit);
      this.#wipe(signIn);
    };
    const limit = setTimeout(wipe, this.#limitMs);
    limit.unref();
    settled.then(wipe, wipe);
  }

  #wipe(signIn: string): void {
    this.#keys.get(signIn)?.key.wipe();
    this.#keys.delete(signIn);
  }
}
