/**
 * The character sets of a session while it goes on: that of the statements which the client sends, and that of the names
 * and messages which it gets. Told by the server where it reports them, else read from the statements that set them.
 */
import type { CharacterSets, SessionStateChange } from "../model/statement.ts";
import { collationOfCharacterSet } from "../protocol/character-set-name.ts";

const setNames = /^\s*SET\s+NAMES\s+(?:'(\w+)'|"(\w+)"|(\w+))/i;
const setCharacterSet = /^\s*SET\s+(?:CHARACTER\s+SET|CHARSET)\s+(?:'(\w+)'|"(\w+)"|(\w+))/i;
const setVariable =
  /(?:^\s*SET\s+|,\s*)(?:SESSION\s+|LOCAL\s+|@@(?:SESSION\.|LOCAL\.)?)?character_set_(client|results)\s*:?=\s*(?:'(\w*)'|"(\w*)"|(\w+))/gi;

/** The sets in force, changed by what succeeds. */
export class SessionCharacterSets {
  private sets: CharacterSets;

  /** Collation ids; without `results` both sets are the one that the client signed in with. `null` where not known. */
  constructor(client: number | null, results: number | null = client) {
    this.sets = { client, results };
  }

  get current(): CharacterSets {
    return this.sets;
  }

  /** A statement has succeeded: takes over what its text sets. */
  succeeded(sql: string): void {
    // Nearly every statement is none of these; the first letter tells.
    if (!/^\s*SET\s/i.test(sql)) return;
    const both = setNames.exec(sql) ?? setCharacterSet.exec(sql);
    if (both !== null) {
      const collation = named(both.slice(1));
      this.sets = { client: collation, results: collation };
    }
    for (const [, which, ...names] of sql.matchAll(setVariable)) this.set(which?.toLowerCase(), named(names));
  }

  /** The server has reported changes of the session's state. */
  reported({ variables }: SessionStateChange): void {
    for (const which of ["client", "results"]) {
      const name = variables[`character_set_${which}`];
      if (name !== undefined) this.set(which, named([name]));
    }
  }

  /** The session began anew, with a collation id or with what the server has by default (`null`). */
  restarted(collation: number | null): void {
    this.sets = { client: collation, results: collation };
  }

  private set(which: string | undefined, collation: number | null): void {
    this.sets = which === "client" ? { ...this.sets, client: collation } : { ...this.sets, results: collation };
  }
}

/** The collation id for the one name that was matched; `null` for DEFAULT, NULL and what is not known. */
function named(matched: readonly (string | undefined)[]): number | null {
  return collationOfCharacterSet(matched.find((name) => name !== undefined) ?? "");
}
