import type { SecretStore } from "./secret-store.ts";

/**
 * Secrets in the store that keeps them now, and what is still in stores that kept them before. A secret that is changed or
 * removed is removed from the earlier stores, so that an outdated one is never read.
 */
export class LayeredSecrets implements SecretStore {
  readonly #now: SecretStore;
  readonly #earlier: readonly SecretStore[];

  constructor(now: SecretStore, earlier: readonly SecretStore[]) {
    this.#now = now;
    this.#earlier = earlier;
  }

  get keeping(): SecretStore["keeping"] {
    return this.#now.keeping;
  }

  read(name: string): string | null {
    for (const store of [this.#now, ...this.#earlier]) {
      const secret = store.read(name);
      if (secret !== null) return secret;
    }
    return null;
  }

  async refresh(): Promise<void> {
    for (const store of [this.#now, ...this.#earlier]) await store.refresh();
  }

  /** The new one is kept before the old one is removed. */
  async write(changes: ReadonlyMap<string, string | null>): Promise<void> {
    await this.#now.write(changes);
    for (const store of this.#earlier) {
      const outdated = [...changes.keys()].filter((name) => store.read(name) !== null);
      await store.write(new Map(outdated.map((name) => [name, null])));
    }
  }
}
