import type { PersonActor } from "../model/actor.ts";
import type { Role } from "../model/role.ts";
import type { UnixMicros } from "../model/value.ts";
import type { GroupRole } from "./identity-settings.ts";
import { rolesOf } from "./roles.ts";
import type { Vouched } from "./sign-in.ts";

/** A person whom a provider vouched for, and what they may do here. */
export interface SignedInPerson {
  readonly actor: PersonActor;
  readonly roles: readonly Role[];
  /** What the provider said, as far as it is kept. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When it ends where it is not renewed before. */
  readonly until: UnixMicros | null;
}

/** `signIn`: its id, where it is one of this program. */
export function signedInPerson(vouched: Vouched, table: readonly GroupRole[], signIn: string | null): SignedInPerson {
  const { via, issuer, subject, name, email, groups, claims, until } = vouched;
  const actor = { kind: "person", name, authenticated: true, issuer, subject, email, groups, via, signIn } as const;
  return { actor, roles: rolesOf(groups, table), claims, until };
}
