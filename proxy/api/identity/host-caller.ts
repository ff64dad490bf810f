import type { Actor } from "../../model/actor.ts";
import { FailureError } from "../../model/failure.ts";
import { allSessions } from "../../model/read-scope.ts";
import { roles } from "../../model/role.ts";
import type { Caller } from "../caller.ts";

/** The program that started the workstation, e.g. the demo: it has the data directory, and so may do everything already. */
export function hostCaller(actor: Actor): Caller {
  return {
    state: () => ({ state: "not-needed", actor }),
    signIn: () => null,
    actor: () => actor,
    roles: () => roles,
    scope: () => allSessions,
    onChange: () => () => undefined,
    begin: () => Promise.reject(new FailureError("not-a-person", "This program is not a person who could sign in.")),
    cancel: () => undefined,
    signOut: () => Promise.resolve(),
  };
}
