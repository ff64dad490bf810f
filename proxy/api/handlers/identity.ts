import { providerName } from "../../identity/identity-settings.ts";
import { FailureError } from "../../model/failure.ts";
import { usable } from "../access.ts";
import { Bell } from "../bell.ts";
import type { Caller } from "../caller.ts";
import type { StreamEvent } from "../contract.ts";
import type { Core } from "../core.ts";
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
