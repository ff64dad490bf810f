import type { Session } from "../../model/session.ts";
import { Bell } from "../bell.ts";
import type { Caller } from "../caller.ts";
import type { StreamEvent } from "../contract.ts";
import type { Core, LibraryReader } from "../core.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

/** Sessions as the library lists them, as far as the caller may read them. */
export function sessionCalls({ library }: Core, caller: Caller): Pick<CallHandlers, "sessions.list" | "sessions.get"> {
  return {
    "sessions.list": (input) => library.within(caller.scope()).call("sessions.list", input),
    "sessions.get": (input) => library.within(caller.scope()).call("sessions.get", input),
  };
}

export function sessionStreams({ library }: Core, caller: Caller): Pick<StreamHandlers, "sessions.follow"> {
  return { "sessions.follow": (_input, signal) => follow(library.within(caller.scope()), signal) };
}

/** Several changes of one session that were not yet taken are one: its newest state. */
async function* follow(library: LibraryReader, signal: AbortSignal): AsyncGenerator<StreamEvent<"sessions.follow">> {
  const changed = new Bell();
  let pending = new Map<string, Session>();
  const unsubscribe = library.onSessions((sessions) => {
    for (const session of sessions) pending.set(session.id, session);
    changed.ring();
  });
  try {
    while (!signal.aborted) {
      await changed.heard(signal);
      if (pending.size === 0) continue;
      const sessions = [...pending.values()];
      pending = new Map();
      yield { sessions };
    }
  } finally {
    unsubscribe();
  }
}
