import { unwatchFile, watchFile } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import {
  connectionsPath,
  connectionsVersion,
  loadConnections,
  reloadConnections,
  type StoredConnection,
  saveConnections,
  type VersionedConnections,
} from "../../config.ts";
import type { SecretStore } from "../../identity/secret-store.ts";
import { type Connection, type ConnectionSecretName, type ConnectionSecrets, connectionSecretNames } from "../../model/connection.ts";
import { FailureError, failureOf } from "../../model/failure.ts";
import { withSettingsLock } from "../../settings-lock.ts";
import type { ConnectionSecretsInput } from "../contract.ts";
import type { Unsubscribe } from "../listeners.ts";
import { passwordNeededAgain, problemOf } from "./connection-rules.ts";

/** A connection that was saved; `before` is `null` where it is new. */
export interface SavedConnection {
  readonly before: StoredConnection | null;
  readonly stored: StoredConnection;
}

/** A connection as it was before another process changed or removed it. */
export interface ChangedElsewhere {
  readonly before: StoredConnection;
  readonly secretsChanged: boolean;
}

const lookEveryMs = 1000;

/**
 * The connections of a data directory: settings in `connections.json`, secrets apart in the secret store. Other processes
 * may change them too, so each change is made to what is on the disk, while no other process changes anything. What is in
 * memory changes only after it is on the disk, and changes happen one after the other.
 */
export class ConnectionStore {
  readonly #dataDirectory: string;
  readonly #secrets: SecretStore;
  readonly #changeListeners = new Set<(changed: readonly ChangedElsewhere[]) => void>();
  #connections: ReadonlyMap<string, StoredConnection>;
  /** Version of the file that is in memory. */
  #version: string | null;
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(dataDirectory: string, secrets: SecretStore, { connections, version }: VersionedConnections) {
    this.#dataDirectory = dataDirectory;
    this.#secrets = secrets;
    this.#connections = byId(connections);
    this.#version = version;
  }

  /** `notice` is a sentence for the person where the file was broken and put aside. */
  static async open(dataDirectory: string, secrets: SecretStore): Promise<{ store: ConnectionStore; notice: string | null }> {
    const loaded = await loadConnections(dataDirectory);
    return { store: new ConnectionStore(dataDirectory, secrets, loaded), notice: loaded.notice };
  }

  /** Takes over what another process has changed, if anything. Rejects with a `FailureError` where it cannot be used. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const version = await connectionsVersion(this.#dataDirectory);
      if (version === null || version === this.#version) return;
      // Under the lock settings and secrets belong together.
      await withSettingsLock(this.#dataDirectory, () => this.#reload());
    });
  }

  /** Looks for changes of other processes about once a second; `failed` hears each new reason why they cannot be used. */
  watch(failed: (message: string) => void): Unsubscribe {
    let last: string | null = null;
    const look = async (): Promise<void> => {
      const message = await this.refresh().then(
        () => null,
        (cause: unknown) => failureOf(cause).message,
      );
      if (message !== null && message !== last) failed(message);
      last = message;
    };
    const path = connectionsPath(this.#dataDirectory);
    const listener = () => void look();
    watchFile(path, { interval: lookEveryMs, persistent: false }, listener);
    return () => unwatchFile(path, listener);
  }

  /** Hears what other processes changed or removed, after it was taken over. */
  onChangedElsewhere(listener: (changed: readonly ChangedElsewhere[]) => void): Unsubscribe {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  list(): readonly StoredConnection[] {
    return [...this.#connections.values()];
  }

  find(id: string): StoredConnection | null {
    return this.#connections.get(id) ?? null;
  }

  /** Throws `FailureError` (`no-such-connection`). */
  get(id: string): StoredConnection {
    const stored = this.find(id);
    if (stored === null) throw new FailureError("no-such-connection", "There is no such connection; it may have been removed.");
    return stored;
  }

  /** The stored secrets, with `input` over them where it says something. */
  secretsOf(id: string, input: ConnectionSecretsInput = {}): ConnectionSecrets {
    const secret = (name: ConnectionSecretName) => (input[name] === undefined ? this.#secrets.read(keyOf(id, name)) : input[name]);
    return {
      upstreamPassword: secret("upstreamPassword"),
      upstreamPassword2: secret("upstreamPassword2"),
      upstreamPassword3: secret("upstreamPassword3"),
      clientPassword: secret("clientPassword"),
    };
  }

  /** Secrets that the connection had when it was saved and that are not there now, e.g. because they were kept for one run only. */
  lostSecrets(id: string): readonly ConnectionSecretName[] {
    return (this.find(id)?.secrets ?? []).filter((name) => this.#secrets.read(keyOf(id, name)) === null);
  }

  /**
   * Adds or replaces a connection; `before` is what it was. Rejects with `FailureError` (`invalid-input`, `name-taken`, or what
   * the disk said).
   */
  save(connection: Connection, input: ConnectionSecretsInput): Promise<SavedConnection> {
    return this.#change(async () => {
      const before = this.find(connection.id);
      const problem = problemOf(connection, this.secretsOf(connection.id, input)) ?? passwordNeededAgain(before, connection, input);
      if (problem !== null) throw new FailureError("invalid-input", problem);
      if (this.list().some((other) => other.connection.name === connection.name && other.connection.id !== connection.id)) {
        throw new FailureError("name-taken", `Another connection is already named “${connection.name}”; choose another name.`);
      }
      const secrets = connectionSecretNames.filter((name) =>
        input[name] === undefined ? before?.secrets.includes(name) : input[name] !== null,
      );
      const stored: StoredConnection = { connection, running: before?.running ?? false, secrets };
      await this.#secrets.write(secretChanges(connection.id, input));
      await this.#replace(new Map(this.#connections).set(connection.id, stored));
      return { before, stored };
    });
  }

  setRunning(id: string, running: boolean): Promise<void> {
    return this.#change(async () => {
      const stored = this.find(id);
      if (stored === null || stored.running === running) return;
      await this.#replace(new Map(this.#connections).set(id, { ...stored, running }));
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(async () => {
      const connections = new Map(this.#connections);
      if (!connections.delete(id)) return;
      await this.#replace(connections);
      await this.#secrets.write(new Map(connectionSecretNames.map((name) => [keyOf(id, name), null])));
    });
  }

  async #replace(connections: ReadonlyMap<string, StoredConnection>): Promise<void> {
    await saveConnections(this.#dataDirectory, [...connections.values()]);
    this.#version = await connectionsVersion(this.#dataDirectory);
    this.#connections = connections;
  }

  /** Reads what is on the disk, where it is not what is in memory; a file that is gone changes nothing. */
  async #reload(): Promise<void> {
    if ((await connectionsVersion(this.#dataDirectory)) === this.#version) return;
    const read = await reloadConnections(this.#dataDirectory);
    if (read === null) return;
    const known = this.list().map((before) => ({ before, secrets: this.secretsOf(before.connection.id) }));
    await this.#secrets.refresh();
    this.#connections = byId(read.connections);
    this.#version = read.version;
    const changed = known
      .map(({ before, secrets }) => ({ before, secretsChanged: !isDeepStrictEqual(secrets, this.secretsOf(before.connection.id)) }))
      .filter(({ before, secretsChanged }) => secretsChanged || !isDeepStrictEqual(before, this.find(before.connection.id)));
    for (const listener of this.#changeListeners) listener(changed);
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const onDisk = async (): Promise<T> => {
      await this.#reload();
      return change();
    };
    return this.#inTurn(() => withSettingsLock(this.#dataDirectory, onDisk));
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

function byId(connections: readonly StoredConnection[]): ReadonlyMap<string, StoredConnection> {
  return new Map(connections.map((stored) => [stored.connection.id, stored]));
}

function keyOf(id: string, name: ConnectionSecretName): string {
  return `connection/${id}/${name}`;
}

function secretChanges(id: string, input: ConnectionSecretsInput): Map<string, string | null> {
  const changes = new Map<string, string | null>();
  for (const name of connectionSecretNames) {
    const secret = input[name];
    if (secret !== undefined) changes.set(keyOf(id, name), secret);
  }
  return changes;
}
