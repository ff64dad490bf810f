/** What oidc-provider remembers: sessions, grants, codes and tokens, in memory. Outlives a change of its signing keys. */

/** Fields of a record that it is looked up by. */
interface StoredRecord {
  readonly uid?: string;
  readonly userCode?: string;
  readonly grantId?: string;
  readonly accountId?: string;
  consumed?: number;
}

interface Entry {
  readonly record: StoredRecord;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** More than a demo or a test needs; the oldest go first. */
const limit = 10_000;

export class ProviderState {
  private readonly entries = new Map<string, Entry>();

  /** oidc-provider's adapter for one model, e.g. `AccessToken`. https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js */
  readonly adapter = (model: string) => {
    const keyOf = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id: string, record: StoredRecord, expiresIn?: number) => this.keep(keyOf(id), record, expiresIn),
      find: async (id: string) => this.live(keyOf(id)),
      findByUid: async (uid: string) => this.search(model, (record) => record.uid === uid),
      findByUserCode: async (userCode: string) => this.search(model, (record) => record.userCode === userCode),
      consume: async (id: string) => {
        const record = this.live(keyOf(id));
        if (record !== undefined) record.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id: string) => void this.entries.delete(keyOf(id)),
      revokeByGrantId: async (grantId: string) => this.remove((record, of) => of === model && record.grantId === grantId),
    };
  };

  /** Forgets what the account was given: its session at the provider, its grants and its tokens. */
  forgetAccount(accountId: string): void {
    this.remove((record) => record.accountId === accountId);
  }

  private keep(key: string, record: StoredRecord, expiresIn = Number.POSITIVE_INFINITY): void {
    this.entries.delete(key);
    this.entries.set(key, { record, expiresAt: Date.now() + expiresIn * 1000 });
    const oldest = this.entries.keys().next();
    if (this.entries.size > limit && !oldest.done) this.entries.delete(oldest.value);
  }

  private live(key: string): StoredRecord | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.expiresAt > Date.now() ? entry.record : undefined;
  }

  private search(model: string, wanted: (record: StoredRecord) => boolean): StoredRecord | undefined {
    const key = [...this.entries.keys()].find((candidate) => {
      const record = candidate.startsWith(`${model}:`) ? this.live(candidate) : undefined;
      return record !== undefined && wanted(record);
    });
    return key === undefined ? undefined : this.live(key);
  }

  private remove(unwanted: (record: StoredRecord, model: string) => boolean): void {
    for (const [key, { record }] of this.entries) if (unwanted(record, key.slice(0, key.indexOf(":")))) this.entries.delete(key);
  }
}
