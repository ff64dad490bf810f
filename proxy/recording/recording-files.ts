/** Where recordings lie: `<data>/recordings/YYYY/MM/DD/<session-id>.steno`, by the UTC day of the session's start. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** One recording on disk. `size` in bytes, as it was when listed. */
export interface RecordingFile {
  readonly session: string;
  readonly path: string;
  readonly size: number;
}

const sessionIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A new session id: UUIDv7 (RFC 9562) for a start at `unixMillis`. */
export function newSessionId(unixMillis: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(unixMillis, 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** What the ids of sessions that start at `unixMillis` begin with. Ids of later ones come behind it in the order of text. */
export function startOfId(unixMillis: number): string {
  const hex = unixMillis.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Whether `text` is a session id, and so safe in a file name. */
export function isSessionId(text: string): boolean {
  return sessionIdPattern.test(text);
}

/** The folder under which all recordings of a data directory lie. */
export function recordingsDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, "recordings");
}

/** The file of a session; the id carries its start. */
export function recordingPath(dataDirectory: string, session: string): string {
  const started = new Date(Number.parseInt(session.slice(0, 8) + session.slice(9, 13), 16));
  const [year, month, day] = started.toISOString().slice(0, 10).split("-") as [string, string, string];
  return path.join(recordingsDirectory(dataDirectory), year, month, day, `${session}.steno`);
}

/** Hears of a folder that cannot be read, and why. */
export type UnreadableFolder = (folder: string, why: Error) => void;

const fail: UnreadableFolder = (_folder, why) => {
  throw why;
};

function entriesOf(directory: string, unreadable: UnreadableFolder): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) unreadable(directory, thrown as Error);
    return [];
  }
}

/**
 * All recordings of a data directory, oldest first. Files that are not recordings by name are passed over, and so are folders that
 * cannot be read where `unreadable` hears of them; without it that is thrown.
 */
export function* listRecordings(dataDirectory: string, unreadable = fail): Generator<RecordingFile> {
  const root = recordingsDirectory(dataDirectory);
  for (const year of entriesOf(root, unreadable)) {
    for (const month of year.isDirectory() ? entriesOf(path.join(root, year.name), unreadable) : []) {
      for (const day of month.isDirectory() ? entriesOf(path.join(root, year.name, month.name), unreadable) : []) {
        if (day.isDirectory()) yield* listDay(path.join(root, year.name, month.name, day.name), unreadable);
      }
    }
  }
}

/** The recordings in the folder of one day, oldest first; `unreadable` is as for all. */
export function* listDay(directory: string, unreadable = fail): Generator<RecordingFile> {
  for (const entry of entriesOf(directory, unreadable)) {
    const recording = entry.isFile() ? readableIn(directory, entry.name, unreadable) : null;
    if (recording !== null) yield recording;
  }
}

function readableIn(directory: string, name: string, unreadable: UnreadableFolder): RecordingFile | null {
  try {
    return recordingIn(directory, name);
  } catch (thrown) {
    unreadable(directory, thrown as Error);
    return null;
  }
}

/** The recording that is named `name` in the folder of its day; `null` where that is no recording's name, or not there any more. */
export function recordingIn(directory: string, name: string): RecordingFile | null {
  const session = name.slice(0, -".steno".length);
  if (!name.endsWith(".steno") || !isSessionId(session)) return null;
  const file = path.join(directory, name);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true ? { session, path: file, size: stat.size } : null;
}
