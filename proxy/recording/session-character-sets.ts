/**
 * The character sets of a session while it goes on: that of the statements which the client sends, and that of the names
 * and messages which it gets. Told by the server where it reports them, else read from the statements that set them.
 */
import type { CharacterSets, SessionStateChange } from "../model/statement.ts";
import { collationOfCharacterSet } from "../protocol/character-set-name.ts";
import { characterSetAssignments } from "../sql/character-set-assignments.ts";

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
    for (const { which, name } of characterSetAssignments(sql)) {
      const collation = collationOfCharacterSet(name ?? "");
      if (which === "both") this.sets = { client: collation, results: collation };
      else this.set(which, collation);
    }
  }

  /** The server has reported changes of the session's state. */
  reported({ variables }: SessionStateChange): void {
    for (const which of ["client", "results"] as const) {
      const name = variables[`character_set_${which}`];
      if (name !== undefined) this.set(which, collationOfCharacterSet(name));
    }
  }

  /** The session began anew, with a collation id or with what the server has by default (`null`). */
  restarted(collation: number | null): void {
    this.sets = { client: collation, results: collation };
  }

  private set(which: "client" | "results", collation: number | null): void {
    this.sets = which === "client" ? { ...this.sets, client: collation } : { ...this.sets, results: collation };
  }
}
