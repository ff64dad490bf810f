import fs from "node:fs";
import path from "node:path";
import { listDay, listRecordings, type RecordingFile, recordingsDirectory } from "../recording/recording-files.ts";

const dayMs = 86_400_000;

/** Finds recordings that are written by whatever process, by looking at their directories. */
export class DirectoryWatch {
  readonly #dataDirectory: string;
  /** When the folder of a day had changed last, as it was when it was listed. */
  readonly #listed = new Map<string, number>();

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
  }

  /** All recordings, oldest first. */
  all(): Generator<RecordingFile> {
    return listRecordings(this.#dataDirectory);
  }

  /** Recordings of the days on which sessions can begin now, of folders in which files were added since the last call. */
  *added(now: number): Generator<RecordingFile> {
    for (const day of [now - dayMs, now]) {
      const folder = path.join(recordingsDirectory(this.#dataDirectory), ...new Date(day).toISOString().slice(0, 10).split("-"));
      const changed = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
      if (changed === undefined || changed === this.#listed.get(folder)) continue;
      yield* listDay(folder);
      // A file that is added within the clock's grain of the listing would not change the time again.
      if (now - changed > 1000) this.#listed.set(folder, changed);
    }
  }
}

/** Bytes in a file now; 0 where it is not there. */
export function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
