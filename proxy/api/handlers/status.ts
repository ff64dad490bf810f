import { setTimeout as pause } from "node:timers/promises";
import { Bell } from "../bell.ts";
import type { StatusEvent } from "../contract.ts";
import type { Core } from "../core.ts";
import type { CallHandlers, StreamHandlers } from "../handler.ts";

/** Changes within this time are told as one. */
const leastIntervalMs = 100;

/** What the status bar shows: once, and as it changes. */
export function statusCalls(core: Core): Pick<CallHandlers, "status.get"> {
  return { "status.get": () => Promise.resolve(statusOf(core)) };
}

export function statusStreams(core: Core): Pick<StreamHandlers, "status"> {
  return { status: (_input, signal) => follow(core, signal) };
}

function statusOf(core: Core): StatusEvent {
  return {
    recording: core.listeners.recordingState(),
    evidence: core.evidence.state(),
    library: { ...core.library.state },
    openSessions: core.listeners.openSessions(),
    listeners: core.connectionListeners.states(),
  };
}

async function* follow(core: Core, signal: AbortSignal): AsyncGenerator<StatusEvent> {
  const changed = new Bell();
  const ring = (): void => changed.ring();
  const unsubscribe = [core.connectionListeners.onChange(ring), core.evidence.onChange(ring), core.library.onState(ring)];
  try {
    while (!signal.aborted) {
      yield statusOf(core);
      await changed.heard(signal);
      if (!signal.aborted) await pause(leastIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const end of unsubscribe) end();
  }
}
