import { FailureError } from "../model/failure.ts";
import { mayUse, rolesFor } from "./access.ts";
import type { Caller } from "./caller.ts";
import type { CallName, StreamName } from "./contract.ts";
import type { Core } from "./core.ts";
import type { CallHandlers, Handlers, StreamHandlers } from "./handler.ts";
import { allHandlers } from "./handlers/all-handlers.ts";

type Call = (input: unknown, signal?: AbortSignal) => Promise<unknown>;
type Stream = (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;

/**
 * The handlers of the whole contract for one caller, who may use what `access.ts` says: else the answer is a `FailureError`
 * (`forbidden`), and the access log is told. A stream ends so too when its caller may use it no more.
 */
export function guardedHandlers(core: Core, caller: Caller): Handlers {
  const handlers = allHandlers(core, caller);
  const admit = (name: CallName | StreamName): void => {
    if (!mayUse(name, caller.roles())) throw refusal(core, caller, name);
  };
  const calls = Object.entries(handlers.calls).map(([name, handle]): [string, Call] => [
    name,
    async (input, signal) => {
      admit(name as CallName);
      const scope = JSON.stringify(caller.scope());
      const output = await (handle as Call)(input, signal);
      // Who asked may have signed out meanwhile, and somebody else be at the same browser.
      if (isRead(name) && JSON.stringify(caller.scope()) !== scope) {
        admit(name as CallName);
        throw changed();
      }
      return output;
    },
  ]);
  const streams = Object.entries(handlers.streams).map(([name, handle]): [string, Stream] => [
    name,
    (input, signal) => guarded(name as StreamName, handle as Stream, input, signal),
  ]);

  async function* guarded(name: StreamName, handle: Stream, input: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
    admit(name);
    const scope = JSON.stringify(caller.scope());
    const isHis = (): boolean => rolesFor(name).length === 0 || (mayUse(name, caller.roles()) && JSON.stringify(caller.scope()) === scope);
    const over = new AbortController();
    const unsubscribe = caller.onChange(() => {
      if (!isHis()) over.abort();
    });
    try {
      for await (const event of handle(input, AbortSignal.any([signal, over.signal]))) {
        if (over.signal.aborted) break;
        yield event;
      }
    } finally {
      unsubscribe();
    }
    if (!over.signal.aborted || signal.aborted) return;
    admit(name);
    throw changed();
  }

  // The tables are made name by name of tables that are typed entry by entry.
  return { calls: Object.fromEntries(calls) as unknown as CallHandlers, streams: Object.fromEntries(streams) as unknown as StreamHandlers };
}

/** Whether it tells of sessions, of which each person may read their own. */
function isRead(name: string): boolean {
  return name.startsWith("sessions.") || name.startsWith("statements.");
}

function changed(): FailureError {
  return new FailureError("ended", "What you may read has changed; ask again.");
}

function refusal(core: Core, caller: Caller, name: CallName | StreamName): FailureError {
  const needs = rolesFor(name);
  const signIn = caller.signIn();
  core.identity.log.record({ kind: "refused-call", actor: signIn?.actor ?? null, call: name, needs });
  const role = `the role ${needs.join(" or ")}`;
  if (signIn === null) return new FailureError("forbidden", `Sign in first: this needs ${role}.`);
  const has =
    signIn.roles.length === 0
      ? "You have no role here"
      : `Your ${signIn.roles.length === 1 ? "role is" : "roles are"} ${signIn.roles.join(" and ")}`;
  return new FailureError("forbidden", `This needs ${role}. ${has}; an administrator gives groups of the identity provider their roles.`);
}
