import { loadConnections, type StoredConnection, saveConnections } from "../../config.ts";
import type { SecretStore } from "../../identity/secret-store.ts";
import type { Connection, ConnectionSecrets } from "../../model/connection.ts";
import { FailureError } from "../../model/failure.ts";
import type { ConnectionSecretsInput } from "../contract.ts";

export const secretNames = ["upstreamPassword", "clientPassword"] as const;
export type ConnectionSecretName = (typeof secretNames)[number];

/**
 * The connections of a data directory: settings in `connections.json`, secrets apart in the secret store. What is
 * in memory changes only after it is on the disk, and changes happen one after the other.
 */
export class ConnectionStore {
  readonly #dataDirectory: string;
  readonly #secrets: SecretStore;
  #connections: ReadonlyMap<string, StoredConnection>;
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(dataDirectory: string, secrets: SecretStore, connections: readonly StoredConnection[]) {
    this.#dataDirectory = dataDirectory;
    this.#secrets = secrets;
    this.#connections = new Map(connections.map((stored) => [stored.connection.id, stored]));
  }

  /** `notice` is a sentence for the person where the file was broken and put aside. */
  static async open(dataDirectory: string, secrets: SecretStore): Promise<{ store: ConnectionStore; notice: string | null }> {
    const { connections, notice } = await loadConnections(dataDirectory);
    return { store: new ConnectionStore(dataDirectory, secrets, connections), notice };
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
    return { upstreamPassword: secret("upstreamPassword"), clientPassword: secret("clientPassword") };
  }

  /** Secrets that the connection had when it was saved and that are not there now, e.g. because they were kept for one run only. */
  lostSecrets(id: string): readonly ConnectionSecretName[] {
    return (this.find(id)?.secrets ?? []).filter((name) => this.#secrets.read(keyOf(id, name)) === null);
  }

  /** Adds or replaces a connection. Rejects with `FailureError` (`name-taken`, or what the disk said). */
  save(connection: Connection, input: ConnectionSecretsInput): Promise<StoredConnection> {
    return this.#change(async () => {
      if (this.list().some((other) => other.connection.name === connection.name && other.connection.id !== connection.id)) {
        throw new FailureError("name-taken", `Another connection is already named “${connection.name}”; choose another name.`);
      }
      const before = this.find(connection.id);
      const secrets = secretNames.filter((name) => (input[name] === undefined ? before?.secrets.includes(name) : input[name] !== null));
      const stored: StoredConnection = { connection, running: before?.running ?? false, secrets };
      await this.#secrets.write(secretChanges(connection.id, input));
      await this.#replace(new Map(this.#connections).set(connection.id, stored));
      return stored;
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
      await this.#secrets.write(secretChanges(id, { upstreamPassword: null, clientPassword: null }));
    });
  }

  async #replace(connections: ReadonlyMap<string, StoredConnection>): Promise<void> {
    await saveConnections(this.#dataDirectory, [...connections.values()]);
    this.#connections = connections;
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }
}

function keyOf(id: string, name: ConnectionSecretName): string {
  return `connection/${id}/${name}`;
}

function secretChanges(id: string, input: ConnectionSecretsInput): Map<string, string | null> {
  const changes = new Map<string, string | null>();
  for (const name of secretNames) {
    const secret = input[name];
    if (secret !== undefined) changes.set(keyOf(id, name), secret);
  }
  return changes;
}
