import { type SecretStore, withChanges } from "./secret-store.ts";

/** Keeps secrets for this run only: what there is where nothing can encrypt them for the disk. */
export class MemorySecretStore implements SecretStore {
  readonly keeping = "run";
  #secrets = new Map<string, string>();

  read(name: string): string | null {
    return this.#secrets.get(name) ?? null;
  }

  /** No other process knows what is kept here. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  write(changes: ReadonlyMap<string, string | null>): Promise<void> {
    this.#secrets = withChanges(this.#secrets, changes);
    return Promise.resolve();
  }
}
