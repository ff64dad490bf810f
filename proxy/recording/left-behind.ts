/** What a recorder's thread left behind when it crashed, also where it had told nobody yet. */
import fs from "node:fs";
import path from "node:path";
import type { SessionOpen } from "../model/session.ts";
import { FrameKind } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { listDay, type RecordingFile, recordingsDirectory } from "./recording-files.ts";

const dayMs = 86_400_000;

/** A recorder tells of new recordings every 50 ms, unless it hangs before it crashes. */
const writtenWithinMs = 30_000;

/** A recording that is not sealed. */
export interface LeftBehind extends RecordingFile {
  readonly closed: boolean;
}

/**
 * Recordings of `recorder` that were written of late and are not sealed, but for those of `known` sessions. `now` is in
 * milliseconds since the epoch. What cannot be read is left out: the next start finds it, and says so.
 */
export function leftBehind(dataDirectory: string, recorder: string, known: ReadonlySet<string>, now = Date.now()): LeftBehind[] {
  return [now - dayMs, now]
    .flatMap((day) => listedOn(dataDirectory, day))
    .filter((file) => !known.has(file.session) && writtenSince(file.path, now - writtenWithinMs))
    .flatMap((file) => unsealedOf(file, recorder));
}

function listedOn(dataDirectory: string, day: number): RecordingFile[] {
  try {
    return [...listDay(path.join(recordingsDirectory(dataDirectory), ...new Date(day).toISOString().slice(0, 10).split("-")))];
  } catch {
    return [];
  }
}

function writtenSince(file: string, since: number): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since;
}

function unsealedOf(file: RecordingFile, recorder: string): LeftBehind[] {
  try {
    const reader = new FrameReader(file.path);
    try {
      let [ours, closed, sealed] = [false, false, false];
      reader.read(({ kind, payload }) => {
        if (kind === FrameKind.open) ours = (JSON.parse(payload.toString("utf8")) as Partial<SessionOpen>).recorder === recorder;
        if (kind === FrameKind.close) closed = true;
        if (kind === FrameKind.seal) sealed = true;
        return ours;
      });
      return ours && !sealed ? [{ ...file, closed }] : [];
    } finally {
      reader.close();
    }
  } catch {
    return [];
  }
}
