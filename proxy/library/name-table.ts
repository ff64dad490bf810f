import { KeyCache } from "./key-cache.ts";
import type { LibraryDatabase } from "./schema.ts";

const remembered = { texts: 1024, characters: 1024 * 1024 };

/** Keys of names that many statements share, in a table of theirs; to be used within the caller's transactions. */
export class NameTable {
  readonly #keys = new KeyCache(remembered);
  readonly #find;
  readonly #insert;

  constructor(database: LibraryDatabase, table: "commands" | "accounts" | "claim_names") {
    this.#find = database.prepare<[string], number>(`SELECT key FROM ${table} WHERE name = ?`).pluck();
    this.#insert = database.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
  }

  /** The key of `name`, which is added where it is not there yet. */
  keyOf(name: string): number {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = this.#find.get(name) ?? Number(this.#insert.run(name).lastInsertRowid);
    this.#keys.set(name, key);
    return key;
  }

  /** Forgets what is remembered, after the caller's transaction was rolled back or the tables were made anew. */
  forget(): void {
    this.#keys.clear();
  }
}
