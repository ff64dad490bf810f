/** Who is signed in, and what a provider's way of signing in has to give for it. */
import type { PersonActor } from "../model/actor.ts";
import type { Role } from "../model/role.ts";
import type { UnixMicros } from "../model/value.ts";
import type { AnswerPlace } from "./answers/answer-place.ts";
import type { IdentityKey } from "./identity-key.ts";

/**
 * What a provider vouched for about a person, verified in full. It has no secret in it but what `renew` and `forget` close over.
 */
export interface Vouched {
  readonly via: "oidc" | "saml";
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  /** What the provider said, as far as it is kept, by the provider's names. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When it ends where it is not renewed. */
  readonly until: UnixMicros | null;
  /** Whether the provider's statement vouches for the identity key too, as it does where the key's commitment is its nonce. */
  readonly keyBound: boolean;
  /** The provider's own statement and the keys that verify it, as they are kept for evidence. No refresh or access token. */
  readonly evidence: Readonly<Record<string, unknown>>;
  /**
   * Asks the provider whether the person is still signed in there. Rejects with a `FailureError`: `provider-unreachable` where it
   * may be tried again, any other where it is over. `null` where the provider offers no such thing.
   */
  readonly renew: ((signal: AbortSignal) => Promise<Vouched>) | null;
  /** Gives back at the provider what can be given back, as far as it answers. */
  readonly forget: () => Promise<void>;
}

/** What a way of signing in is given. */
export interface SignInRequest {
  readonly key: IdentityKey;
  /** Shows the person the provider's page. `until`: how long their answer is waited for. */
  open(url: string, until: UnixMicros): void | Promise<void>;
  /** The person must prove again who they are, whatever the provider remembers of them. */
  readonly fresh: boolean;
  /** Where the person's browser brings the provider's answer. */
  readonly answers: AnswerPlace;
  /** Hears of answers that came for this sign-in and were turned away, e.g. with another state. */
  turnedAway(message: string): void;
  /** Aborted where the person, or the end of the program, cancels it. */
  readonly signal: AbortSignal;
}

/** A person whom a provider vouched for, and what they may do here. */
export interface SignedInPerson {
  readonly actor: PersonActor;
  readonly roles: readonly Role[];
  /** What the provider said, as far as it is kept. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When it ends where it is not renewed before; it moves with each renewal. */
  readonly until: UnixMicros | null;
}

/** A person who is signed in now. It is a snapshot: a renewal makes another one with the same id. */
export interface SignIn extends SignedInPerson {
  readonly id: string;
  readonly since: UnixMicros;
  /** Where the provider's statement also vouches for the identity key: the file of it, kept for evidence. Else `null`. */
  readonly keyBinding: string | null;
  /** Signs with the identity key (ES256, r and s of 32 bytes each). Throws a `FailureError` (`signed-out`) after the sign-in ended. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A sign-in, and whether the person is still there. */
export interface SeenSignIn {
  readonly signIn: SignIn;
  /** When the last page of theirs was closed; `null` while one is open. */
  readonly seenAt: UnixMicros | null;
}

/** Why a sign-in ended, with a sentence for a person. */
export interface SignInEnd {
  readonly cause: "signed-out" | "expired" | "refused" | "closed" | "unseen" | "ended";
  readonly message: string;
  /** Who ended it (`ended`), from another browser than its own. */
  readonly by?: PersonActor;
}
