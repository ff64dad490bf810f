import type { Session } from "../../model/session.ts";
import { Bell } from "../bell.ts";
import type { StreamEvent } from "../contract.ts";
import type { Core } from "../core.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

/** Sessions as the library lists them. */
export function sessionCalls({ library }: Core): Pick<CallHandlers, "sessions.list" | "sessions.get"> {
  return {
    "sessions.list": (input) => library.call("sessions.list", input),
    "sessions.get": (input) => library.call("sessions.get", input),
  };
}

export function sessionStreams(core: Core): Pick<StreamHandlers, "sessions.follow"> {
  return { "sessions.follow": (_input, signal) => follow(core, signal) };
}

/** Several changes of one session that were not yet taken are one: its newest state. */
async function* follow({ library }: Core, signal: AbortSignal): AsyncGenerator<StreamEvent<"sessions.follow">> {
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
