import { providerName } from "../../identity/identity-settings.ts";
import type { SeenSignIn, SignInEnd } from "../../identity/sign-in.ts";
import type { PersonActor } from "../../model/actor.ts";
import { FailureError } from "../../model/failure.ts";
import { usable } from "../access.ts";
import { Bell } from "../bell.ts";
import type { Caller } from "../caller.ts";
import type { SignInListed, StreamEvent } from "../contract.ts";
import type { Core, CoreIdentity } from "../core.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";
import { settingsProblem } from "../identity/settings-rules.ts";
import { testSettings } from "../identity/settings-test.ts";

type IdentityCalls = Extract<keyof CallHandlers, `identity.${string}`>;

/** Who the caller is, and where people sign in. */
export function identityCalls({ identity }: Core, caller: Caller): Pick<CallHandlers, IdentityCalls> {
  return {
    "identity.get": () => Promise.resolve(ownState(caller)),
    "identity.signIn": () => caller.begin(),
    "identity.cancel": () => {
      caller.cancel();
      return Promise.resolve({});
    },
    "identity.signOut": async () => {
      await caller.signOut();
      return {};
    },
    "identity.signIns": () => Promise.resolve({ signIns: visibleSignIns(identity, caller).map((seen) => listed(seen, caller)) }),
    "identity.endSignIn": async ({ id }) => {
      const found = visibleSignIns(identity, caller).find(({ signIn }) => signIn.id === id);
      const own = caller.signIn();
      if (found === undefined || own === null) throw noSuchSignIn();
      if (own.id === id) await caller.signOut();
      else await identity.signIns.end(id, endedBy(own.actor));
      return {};
    },
    "identity.settings": async () => {
      await identity.settings.refresh();
      return identity.settings.value;
    },
    "identity.saveSettings": async (settings) => {
      const problem = settingsProblem(settings, identity.settings.value, caller.signIn());
      if (problem !== null) throw new FailureError("invalid-input", problem);
      const actor = caller.actor();
      await identity.settings.change(() => ({ value: settings, result: null }));
      const provider = settings.provider === null ? null : providerName(settings.provider);
      const { roles, endOpenSessions } = settings;
      identity.log.record({ kind: "identity-settings-changed", actor, provider, roles, endOpenSessions });
      return settings;
    },
    "identity.testSettings": testSettings,
  };
}

/** Everybody's to an admin, else their own: of the same person at the same provider. */
function visibleSignIns({ signIns }: CoreIdentity, caller: Caller): readonly SeenSignIn[] {
  const own = caller.signIn()?.actor;
  if (own === undefined) return [];
  const isOwn = ({ signIn: { actor } }: SeenSignIn): boolean => actor.issuer === own.issuer && actor.subject === own.subject;
  return caller.roles().includes("admin") ? signIns.list() : signIns.list().filter(isOwn);
}

function listed({ signIn, seenAt }: SeenSignIn, caller: Caller): SignInListed {
  const { id, actor, roles, since, until } = signIn;
  const { name, email, issuer, subject } = actor;
  return { id, name, email, issuer, subject, roles, since, until, seenAt, here: caller.signIn()?.id === id };
}

function endedBy(by: PersonActor): SignInEnd {
  return { cause: "ended", message: `Your sign-in was ended by ${by.name} in another browser. Sign in again.`, by };
}

function noSuchSignIn(): FailureError {
  return new FailureError("not-found", "There is no such sign-in that you could end: it is over, or it is somebody else's.");
}

export function identityStreams(caller: Caller): Pick<StreamHandlers, "identity"> {
  return { identity: (_input, signal) => follow(caller, signal) };
}

function ownState(caller: Caller): StreamEvent<"identity"> {
  return { identity: caller.state(), allowed: usable(caller.roles()) };
}

async function* follow(caller: Caller, signal: AbortSignal): AsyncGenerator<StreamEvent<"identity">> {
  const changed = new Bell();
  const unsubscribe = caller.onChange(() => changed.ring());
  try {
    while (!signal.aborted) {
      yield ownState(caller);
      await changed.heard(signal);
    }
  } finally {
    unsubscribe();
  }
}
