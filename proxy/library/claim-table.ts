import type { Claim } from "../model/claim.ts";
import type { ReadScope } from "../model/read-scope.ts";
import { KeyCache } from "./key-cache.ts";
import { NameTable } from "./name-table.ts";
import type { LibraryDatabase } from "./schema.ts";
import { scopeCondition } from "./scope-condition.ts";

const remembered = { texts: 4096, characters: 1024 * 1024 };

/** Names that are given at once. */
const mostNames = 200;

/** Writes what is claimed along with statements, and under which names anything is; within the caller's transactions. */
export class ClaimTable {
  readonly #names: NameTable;
  /** Names of sessions that are known to be there already. */
  readonly #written = new KeyCache(remembered);
  readonly #insert;
  readonly #insertName;

  constructor(database: LibraryDatabase) {
    this.#names = new NameTable(database, "claim_names");
    this.#insert = database.prepare("INSERT INTO claims (name, statement, place, value) VALUES (?, ?, ?, ?)");
    this.#insertName = database.prepare("INSERT OR IGNORE INTO claim_sessions (name, session) VALUES (?, ?)");
  }

  /** Writes the names of what is claimed in the session with key `session`. */
  name(session: number, claims: readonly Claim[]): void {
    for (const { name } of claims) {
      const key = this.#names.keyOf(name);
      const pair = `${key} ${session}`;
      if (this.#written.get(pair) !== undefined) continue;
      this.#insertName.run(key, session);
      this.#written.set(pair, key);
    }
  }

  /** Writes the claims of the statement with id `statement` of that session. */
  write(session: number, statement: number, claims: readonly Claim[]): void {
    for (const [place, { name, value }] of claims.entries()) this.#insert.run(this.#names.keyOf(name), statement, place, value);
    this.name(session, claims);
  }

  /** Forgets what is remembered, after the caller's transaction was rolled back or the tables were made anew. */
  forget(): void {
    this.#names.forget();
    this.#written.clear();
  }
}

/** Names under which something is claimed in sessions that may be read, those first that came first; 200 at the most. */
export function claimNames(database: LibraryDatabase, scope: ReadScope): string[] {
  const readable = scopeCondition(scope, "claimed.session");
  return database
    .prepare<[object], string>(
      `SELECT n.name FROM claim_names AS n
       WHERE EXISTS (SELECT 1 FROM claim_sessions AS claimed WHERE claimed.name = n.key AND ${readable.where})
       ORDER BY n.key LIMIT @most`,
    )
    .pluck()
    .all({ ...readable.parameters, most: mostNames });
}
