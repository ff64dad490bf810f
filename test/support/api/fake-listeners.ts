import type { Listeners, Unsubscribe } from "../../../proxy/api/listeners.ts";
import type { Connection, ConnectionSecrets } from "../../../proxy/model/connection.ts";
import type { ListenerState, RecordingState } from "../../../proxy/model/status.ts";

/** Listeners that open no sockets, and remember what they were started with. */
export class FakeListeners implements Listeners {
  readonly started: { readonly connection: Connection; readonly secrets: ConnectionSecrets }[] = [];
  readonly stopped: string[] = [];
  /** What the next starts fail with; `null` to succeed. */
  failure: string | null = null;
  sessions = 0;
  #states: Record<string, ListenerState> = {};
  readonly #changeListeners = new Set<() => void>();

  start(connection: Connection, secrets: ConnectionSecrets): Promise<ListenerState> {
    this.started.push({ connection, secrets });
    const { host, port } = connection.listen;
    const state: ListenerState =
      this.failure === null ? { state: "listening", address: host, port } : { state: "failed", message: this.failure };
    this.#set(connection.id, state);
    return Promise.resolve(state);
  }

  stop(connectionId: string): Promise<void> {
    this.stopped.push(connectionId);
    this.#set(connectionId, { state: "stopped" });
    return Promise.resolve();
  }

  states(): Readonly<Record<string, ListenerState>> {
    return this.#states;
  }

  recordingState(): RecordingState {
    return { state: "recording" };
  }

  openSessions(): number {
    return this.sessions;
  }

  onChange(listener: () => void): Unsubscribe {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  #set(id: string, state: ListenerState): void {
    this.#states = { ...this.#states, [id]: state };
    for (const listener of this.#changeListeners) listener();
  }
}
