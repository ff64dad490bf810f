import type { StoredConnection } from "../../config.ts";
import type { Connection, ConnectionSecretName, ConnectionSecrets } from "../../model/connection.ts";
import { failureOf } from "../../model/failure.ts";
import type { ListenerState } from "../../model/status.ts";
import type { Listeners, Unsubscribe } from "../listeners.ts";
import type { ChangedElsewhere, ConnectionStore } from "./connection-store.ts";
import { secretWords } from "./secret-words.ts";

const stopped: ListenerState = { state: "stopped" };

/** The listeners of stored connections: which are running is remembered, so that they run again after a restart. */
export class ConnectionListeners {
  readonly #store: ConnectionStore;
  readonly #listeners: Listeners;
  /** Why a listener does not run, e.g. because a password is gone or its port is in use. */
  readonly #refusals = new Map<string, ListenerState>();
  readonly #changeListeners = new Set<() => void>();

  constructor(store: ConnectionStore, listeners: Listeners) {
    this.#store = store;
    this.#listeners = listeners;
    store.onChangedElsewhere((changed) => void this.#follow(changed));
  }

  stateOf(id: string): ListenerState {
    const states = this.#listeners.states();
    // An id may be the name of something that every object inherits.
    return this.#refusals.get(id) ?? (Object.hasOwn(states, id) ? states[id] : undefined) ?? stopped;
  }

  /** All states by connection. */
  states(): Record<string, ListenerState> {
    return Object.fromEntries(this.#store.list().map(({ connection }) => [connection.id, this.stateOf(connection.id)]));
  }

  /** Hears each change of what the relay says and of what is refused here. */
  onChange(listener: () => void): Unsubscribe {
    this.#changeListeners.add(listener);
    const unsubscribe = this.#listeners.onChange(listener);
    return () => {
      this.#changeListeners.delete(listener);
      unsubscribe();
    };
  }

  /** Starts what was running when the program last ended. */
  async resume(): Promise<void> {
    await Promise.all(
      this.#store
        .list()
        .filter((stored) => stored.running)
        .map((stored) => this.#run(stored)),
    );
  }

  /** Starts a listener, and remembers it as running where it does. */
  async start(id: string): Promise<ListenerState> {
    await this.#store.refresh();
    const state = await this.#run(this.#store.get(id));
    if (state.state === "listening") await this.#store.setRunning(id, true);
    return state;
  }

  async stop(id: string): Promise<ListenerState> {
    await this.#store.setRunning(id, false);
    this.#refusals.delete(id);
    await this.#listeners.stop(id);
    return this.stateOf(id);
  }

  /** Applies changed settings to a listener that runs. A new name alone is no cause to start it again. */
  async changed(before: StoredConnection | null, secretsChanged: boolean): Promise<void> {
    if (before === null || this.stateOf(before.connection.id).state === "stopped") return;
    const after = this.#store.get(before.connection.id);
    if (!secretsChanged && sameButForName(before.connection, after.connection)) return;
    await this.#listeners.stop(before.connection.id);
    await this.#run(after);
  }

  /** What another process changed or removed holds here too, as if it had been done here. */
  async #follow(changed: readonly ChangedElsewhere[]): Promise<void> {
    for (const { before, secretsChanged } of changed) {
      const { id } = before.connection;
      if (this.#store.find(id) !== null) await this.changed(before, secretsChanged);
      else await this.#end(id);
    }
    this.#announce();
  }

  async #end(id: string): Promise<void> {
    this.#refusals.delete(id);
    if (this.stateOf(id).state !== "stopped") await this.#listeners.stop(id);
  }

  #announce(): void {
    for (const listener of this.#changeListeners) listener();
  }

  async #run({ connection }: StoredConnection): Promise<ListenerState> {
    this.#refusals.delete(connection.id);
    const lost = this.#store.lostSecrets(connection.id);
    const state =
      connection.auth === "mapped" && lost.length > 0
        ? ({ state: "failed", message: lostSentence(connection, lost) } as const)
        : await this.#tryStart(connection, this.#store.secretsOf(connection.id));
    if (state.state === "failed") this.#refusals.set(connection.id, state);
    this.#announce();
    return state;
  }

  async #tryStart(connection: Connection, secrets: ConnectionSecrets): Promise<ListenerState> {
    try {
      return await this.#listeners.start(connection, secrets);
    } catch (cause) {
      return { state: "failed", message: failureOf(cause).message };
    }
  }
}

function sameButForName(one: Connection, other: Connection): boolean {
  return JSON.stringify({ ...one, name: "" }) === JSON.stringify({ ...other, name: "" });
}

function lostSentence(connection: Connection, lost: readonly ConnectionSecretName[]): string {
  return (
    `“${connection.name}” cannot start: ${secretWords(lost)} was kept for the last run only, or what keeps it could not be opened. Enter it again; ` +
    "passwords are kept, encrypted, where the system's keychain answers or STENOGRAPH_PASSPHRASE is set before the start."
  );
}
