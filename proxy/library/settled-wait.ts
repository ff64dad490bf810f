import { FailureError } from "../model/failure.ts";
import { listRecordings } from "../recording/recording-files.ts";
import { RecordingTable } from "./recording-table.ts";
import { isCurrent, type LibraryDatabase } from "./schema.ts";

const limitMs = 60_000;

interface Wait {
  /** Bytes that must be indexed of each session's recording. */
  readonly due: Map<string, number>;
  readonly resolve: () => void;
}

/** Waits until all that is recorded at a moment is indexed, by whichever process. */
export class SettledWait {
  readonly #dataDirectory: string;
  readonly #waits = new Set<Wait>();

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
  }

  /** Resolves when what is recorded now is indexed; rejects with a `FailureError` after a minute. */
  wait(database: LibraryDatabase): Promise<void> {
    const due = new Map([...listRecordings(this.#dataDirectory)].map(({ session, size }) => [session, size]));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait: Wait = { due, resolve };
    const limit = setTimeout(() => {
      this.#waits.delete(wait);
      reject(new FailureError("library-behind", `After a minute, ${due.size} recordings are not indexed in full yet.`));
    }, limitMs);
    this.#waits.add(wait);
    this.check(database);
    return promise.finally(() => clearTimeout(limit));
  }

  /** Looks whether what is waited for has come. */
  check(database: LibraryDatabase): void {
    if (this.#waits.size === 0 || !isCurrent(database)) return;
    const recordings = new RecordingTable(database);
    for (const wait of this.#waits) {
      for (const [session, size] of wait.due) {
        if ((recordings.get(session)?.indexed ?? -1) >= size) wait.due.delete(session);
      }
      if (wait.due.size > 0) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}
