import type { LibraryDatabase } from "./schema.ts";

/** How far a recording is indexed. */
export interface IndexedRecording {
  /** Bytes from the file's start. */
  readonly indexed: number;
  readonly ended: "open" | "closed" | "sealed";
  /** Why the rest cannot be indexed. */
  readonly problem: string | null;
}

const endings = ["open", "closed", "sealed"] as const;

/** What the library knows of each recording's file. */
export class RecordingTable {
  readonly #get;
  readonly #set;

  constructor(database: LibraryDatabase) {
    this.#get = database.prepare<[string], { indexed: number; ended: number; problem: string | null }>(
      "SELECT indexed, ended, problem FROM recordings WHERE session = ?",
    );
    this.#set = database.prepare(
      "INSERT INTO recordings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET indexed = excluded.indexed, ended = excluded.ended, problem = excluded.problem",
    );
  }

  get(session: string): IndexedRecording | null {
    const row = this.#get.get(session);
    return row === undefined ? null : { indexed: row.indexed, ended: endings[row.ended] ?? "open", problem: row.problem };
  }

  set(session: string, recording: IndexedRecording): void {
    this.#set.run(session, recording.indexed, endings.indexOf(recording.ended), recording.problem);
  }
}
