import type { SignIn } from "../identity/sign-in.ts";
import type { Actor } from "../model/actor.ts";
import type { ReadScope } from "../model/read-scope.ts";
import type { Role } from "../model/role.ts";
import type { IdentityState } from "./contract.ts";
import type { Unsubscribe } from "./listeners.ts";

/** Where a sign-in goes on: the provider's page, and whether the host has opened it already. */
export interface BegunSignIn {
  readonly url: string;
  readonly opened: boolean;
}

/** Who uses the API: one person's window, or one browser with all its pages. */
export interface Caller {
  /** What they are told of themselves. */
  state(): IdentityState;
  /** `null` where they are not signed in, or nobody signs in here. */
  signIn(): SignIn | null;
  /** Who does what they do, for the access log; the OS user where nobody signs in. */
  actor(): Actor;
  /** The roles that they have now; all of them where nobody signs in. */
  roles(): readonly Role[];
  /** Which sessions they may read now. */
  scope(): ReadScope;
  /** Hears each change of any of the above. */
  onChange(listener: () => void): Unsubscribe;
  /** Begins a sign-in; resolves when the person can go on at the provider. Rejects with a `FailureError`. */
  begin(): Promise<BegunSignIn>;
  /** Gives up a sign-in that is under way, if one is. */
  cancel(): void;
  signOut(): Promise<void>;
}

/** What somebody may read who has these roles and is signed in as `actor`. */
export function scopeOf(roles: readonly Role[], actor: { readonly issuer: string; readonly subject: string }): ReadScope {
  if (roles.includes("auditor")) return { kind: "all" };
  if (roles.includes("operator")) return { kind: "own", issuer: actor.issuer, subject: actor.subject };
  return { kind: "none" };
}
