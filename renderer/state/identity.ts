import { create } from "zustand";
import type { CallName, IdentityState, StreamName } from "../../proxy/api/contract.ts";
import type { Api } from "../api/api-client.ts";
import { afterTime } from "./after-time.ts";

/** Something of the core that a person may use, or may not. */
export type Usable = CallName | StreamName;

interface OwnIdentity {
  /** `null` until the core has said who they are. */
  readonly identity: IdentityState | null;
  /** What they may use. The core decides; here it decides what is offered. */
  readonly allowed: ReadonlySet<string>;
}

/** Who the person at this window is, and what they may do. */
export const useIdentity = create<OwnIdentity>(() => ({ identity: null, allowed: new Set() }));

const askAgainMs = 1_000;

/** Keeps `useIdentity` up to date. */
export function followIdentity(api: Api): void {
  api.subscribe(
    "identity",
    {},
    {
      event: ({ identity, allowed }) => useIdentity.setState({ identity, allowed: new Set(allowed) }),
      failure: () => void afterTime(() => followIdentity(api), askAgainMs),
    },
  );
}

/** Whether the person may use it. */
export function useMayUse(name: Usable): boolean {
  return useIdentity(({ allowed }) => allowed.has(name));
}

/** Whether nothing can be shown before somebody signs in. */
export function isSignedOut(identity: IdentityState): identity is Extract<IdentityState, { state: "signed-out" | "signing-in" }> {
  return identity.state === "signed-out" || identity.state === "signing-in";
}

/** Changes when what was shown to one person must not be shown to the next, or no more. */
export function identityKey(identity: IdentityState): string {
  if (identity.state !== "signed-in") return identity.state;
  const { actor, roles } = identity;
  const subject = actor.authenticated ? [actor.issuer, actor.subject] : [actor.name];
  return JSON.stringify([...subject, ...roles]);
}
