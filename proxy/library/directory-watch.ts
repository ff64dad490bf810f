import fs from "node:fs";
import path from "node:path";
import { failureOf } from "../model/failure.ts";
import { listRecordings, type RecordingFile, recordingIn, recordingsDirectory, startOfId } from "../recording/recording-files.ts";

const dayMs = 86_400_000;

/** A recording is added so long after its session's start, which its name begins with, at the most: signing in comes before. */
const recentMs = 5000;

/** Names that are read at each look: of a folder with more, every second look is left out, or two of three, and so on. */
const namesALook = 25_000;

/** What was in the folder of a day when it was listed. */
interface Listed {
  readonly changed: number;
  /** Names up to here are no longer kept, only how many there are: where that changes, all are looked at again. */
  readonly mark: string;
  readonly belowMark: number;
  readonly recent: ReadonlySet<string>;
  /** Looks to leave out. */
  rests: number;
}

const nothing: Listed = { changed: Number.NaN, mark: "", belowMark: 0, recent: new Set(), rests: 0 };

/** Finds recordings that are written by whatever process, by looking at their directories. */
export class DirectoryWatch {
  readonly #dataDirectory: string;
  readonly #namesALook: number;
  #listed = new Map<string, Listed>();
  /** Folders that could not be read the last time, and why. */
  readonly #unreadable = new Map<string, string>();

  constructor(dataDirectory: string, namesPerLook = namesALook) {
    this.#dataDirectory = dataDirectory;
    this.#namesALook = namesPerLook;
  }

  /** Which folder cannot be read, as a sentence; `null` where all can. */
  get problem(): string | null {
    const [first] = this.#unreadable;
    return first === undefined ? null : `Recordings in ${first[0]} are missing here, because the folder cannot be read: ${first[1]}.`;
  }

  /** All recordings, oldest first, but for those in folders that cannot be read. */
  all(): Generator<RecordingFile> {
    this.#unreadable.clear();
    return listRecordings(this.#dataDirectory, (folder, why) => this.#unreadable.set(folder, why.message));
  }

  /**
   * Recordings that were added since the last call, of the days on which sessions can begin now, oldest first. Some may
   * come again. With a hundred thousand in a day it finds new ones at every fourth call only: reading their names takes time.
   */
  *added(now: number): Generator<RecordingFile> {
    const listed = new Map<string, Listed>();
    for (const day of [now - dayMs, now]) {
      const folder = path.join(recordingsDirectory(this.#dataDirectory), ...new Date(day).toISOString().slice(0, 10).split("-"));
      try {
        yield* this.#addedIn(folder, listed, now);
      } catch (thrown) {
        this.#unreadable.set(folder, failureOf(thrown).message);
      }
    }
    this.#listed = listed;
  }

  *#addedIn(folder: string, listed: Map<string, Listed>, now: number): Generator<RecordingFile> {
    const before = this.#listed.get(folder) ?? nothing;
    const changed = fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changed === undefined) return;
    listed.set(folder, before);
    if (changed === before.changed) return;
    if (before.rests > 0) {
      before.rests -= 1;
      return;
    }
    const names = fs.readdirSync(folder);
    yield* recordingsOf(folder, unknownOf(names, before));
    listed.set(folder, { ...listedNow(names, changed, now), rests: Math.floor(names.length / (this.#namesALook + 1)) });
    this.#unreadable.delete(folder);
  }
}

function listedNow(names: readonly string[], changed: number, now: number): Omit<Listed, "rests"> {
  const mark = startOfId(now - recentMs);
  const recent = new Set(names.filter((name) => name >= mark));
  // A file that is added within the clock's grain of the listing would not change the time again.
  const settled = now - changed > 1000 ? changed : Number.NaN;
  return { changed: settled, mark, belowMark: names.length - recent.size, recent };
}

/** The names that were not there before; all where files came below the mark, or went: a clock was set back, or somebody moved files. */
function unknownOf(names: readonly string[], { mark, belowMark, recent }: Listed): readonly string[] {
  const above = names.filter((name) => name >= mark);
  return names.length - above.length === belowMark ? above.filter((name) => !recent.has(name)) : names;
}

function* recordingsOf(folder: string, names: readonly string[]): Generator<RecordingFile> {
  for (const name of names.toSorted()) {
    const recording = recordingIn(folder, name);
    if (recording !== null) yield recording;
  }
}

/** Bytes in a file now; 0 where it is not there, or in a folder that cannot be read. */
export function sizeOf(file: string): number {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}
