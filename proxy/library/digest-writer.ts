import type { UnixMicros } from "../model/value.ts";
import { digestOf } from "./digest.ts";
import { KeyCache } from "./key-cache.ts";
import type { LibraryDatabase } from "./schema.ts";

interface Seen {
  first: UnixMicros;
  last: UnixMicros;
  count: number;
}

/** Texts whose digests are remembered: those of most programs, in 16 MiB at the most. */
const cachedTexts = { texts: 20_000, characters: 8 * 1024 * 1024 };
const longestCached = 4096;

/** Gives each statement's text the key of its digest, and counts how often and when each was seen. */
export class DigestWriter {
  readonly #keys = new KeyCache(cachedTexts);
  readonly #seen = new Map<number, Seen>();
  readonly #find;
  readonly #insert;
  readonly #count;

  constructor(database: LibraryDatabase) {
    this.#find = database.prepare<[string], number>("SELECT key FROM digests WHERE hash = ?").pluck();
    this.#insert = database.prepare("INSERT INTO digests (hash, text, first_seen, last_seen, count) VALUES (?, ?, ?, ?, 0)");
    this.#count = database.prepare(
      "UPDATE digests SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?), count = count + ? WHERE key = ?",
    );
  }

  /** The key of the digest of a statement that was sent at `at`. */
  keyOf(sql: string, at: UnixMicros): number {
    let key = this.#keys.get(sql);
    if (key === undefined) {
      key = this.#keyOfNew(sql, at);
      if (sql.length <= longestCached) this.#keys.set(sql, key);
    }
    this.#note(key, at);
    return key;
  }

  /** Writes what was counted since the last call; within the caller's transaction. */
  flush(): void {
    for (const [key, seen] of this.#seen) this.#count.run(seen.first, seen.last, seen.count, key);
    this.#seen.clear();
  }

  /** Forgets keys, which a transaction that was rolled back may have made. */
  forget(): void {
    this.#keys.clear();
    this.#seen.clear();
  }

  #keyOfNew(sql: string, at: UnixMicros): number {
    const digest = digestOf(sql);
    return this.#find.get(digest.hash) ?? Number(this.#insert.run(digest.hash, digest.text, at, at).lastInsertRowid);
  }

  #note(key: number, at: UnixMicros): void {
    const seen = this.#seen.get(key);
    if (seen === undefined) {
      this.#seen.set(key, { first: at, last: at, count: 1 });
      return;
    }
    seen.first = Math.min(seen.first, at);
    seen.last = Math.max(seen.last, at);
    seen.count += 1;
  }
}
