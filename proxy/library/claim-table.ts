import type { Claim } from "../model/claim.ts";
import { NameTable } from "./name-table.ts";
import type { LibraryDatabase } from "./schema.ts";

/** Names that are given at once. */
const mostNames = 200;

/** Writes what is claimed along with statements, and all names under which anything is; within the caller's transactions. */
export class ClaimTable {
  readonly #names: NameTable;
  readonly #insert;

  constructor(database: LibraryDatabase) {
    this.#names = new NameTable(database, "claim_names");
    this.#insert = database.prepare("INSERT INTO claims (name, statement, place, value) VALUES (?, ?, ?, ?)");
  }

  /** Writes the claims of the statement with id `statement`. */
  write(statement: number, claims: readonly Claim[]): void {
    for (const [place, { name, value }] of claims.entries()) this.#insert.run(this.#names.keyOf(name), statement, place, value);
  }

  /** Forgets what is remembered, after the caller's transaction was rolled back or the tables were made anew. */
  forget(): void {
    this.#names.forget();
  }
}

/** Names under which clients claim something, those first that came first; 200 at the most. */
export function claimNames(database: LibraryDatabase): string[] {
  return database.prepare<[number], string>("SELECT name FROM claim_names ORDER BY key LIMIT ?").pluck().all(mostNames);
}
