import { setTimeout as pause } from "node:timers/promises";
import { Bell } from "../bell.ts";
import type { Caller } from "../caller.ts";
import type { StatusEvent } from "../contract.ts";
import type { Core } from "../core.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

/** Changes within this time are told as one. */
const leastIntervalMs = 100;

/** What the status bar shows: once, and as it changes. */
export function statusCalls(core: Core, caller: Caller): Pick<CallHandlers, "status.get"> {
  return { "status.get": () => Promise.resolve(statusOf(core, caller)) };
}

export function statusStreams(core: Core, caller: Caller): Pick<StreamHandlers, "status"> {
  return { status: (_input, signal) => follow(core, caller, signal) };
}

/** How much others do is told to nobody who may not read it. */
function statusOf(core: Core, caller: Caller): StatusEvent {
  const toldOfAll = readsAll(caller);
  const { statements, sessions, ...library } = core.library.state;
  return {
    recording: core.listeners.recordingState(),
    evidence: core.evidence.state(),
    library: { ...library, statements: toldOfAll ? statements : null, sessions: toldOfAll ? sessions : null },
    openSessions: toldOfAll ? core.listeners.openSessions() : null,
    listeners: core.connectionListeners.states(),
  };
}

function readsAll(caller: Caller): boolean {
  return caller.scope().kind === "all";
}

async function* follow(core: Core, caller: Caller, signal: AbortSignal): AsyncGenerator<StatusEvent> {
  const changed = new Bell();
  const ring = (): void => changed.ring();
  const unsubscribe = [core.connectionListeners.onChange(ring), core.evidence.onChange(ring), core.library.onState(ring)];
  let toldOfAll = readsAll(caller);
  unsubscribe.push(
    caller.onChange(() => {
      if (readsAll(caller) !== toldOfAll) ring();
    }),
  );
  try {
    while (!signal.aborted) {
      toldOfAll = readsAll(caller);
      yield statusOf(core, caller);
      await changed.heard(signal);
      if (!signal.aborted) await pause(leastIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const end of unsubscribe) end();
  }
}
