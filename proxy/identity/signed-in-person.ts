import type { GroupRole } from "./identity-settings.ts";
import { rolesOf } from "./roles.ts";
import type { SignedInPerson, Vouched } from "./sign-in.ts";

/** Whom a provider vouched for, and what they may do here. `signIn`: its id, where it is one of this program. */
export function signedInPerson(vouched: Vouched, table: readonly GroupRole[], signIn: string | null): SignedInPerson {
  const { via, issuer, subject, name, email, groups, claims, until } = vouched;
  const actor = { kind: "person", name, authenticated: true, issuer, subject, email, groups, via, signIn } as const;
  return { actor, roles: rolesOf(groups, table), claims, until };
}
