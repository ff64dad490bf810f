/** Where the device log lies in a data directory. */
import { join } from "node:path";

export function deviceLogDirectory(dataDirectory: string): string {
  return join(dataDirectory, "device-log");
}

/** The entries: a leaf a line, only ever added to. */
export function entriesPath(dataDirectory: string): string {
  return join(deviceLogDirectory(dataDirectory), "entries.jsonl");
}

/** The newest checkpoint: a signed note. */
export function checkpointPath(dataDirectory: string): string {
  return join(deviceLogDirectory(dataDirectory), "checkpoint");
}

/** The checkpoints that a witness has: one JSON object a line. */
export function witnessedPath(dataDirectory: string): string {
  return join(deviceLogDirectory(dataDirectory), "checkpoints.jsonl");
}

/** Beside the directory, which can be put aside while this is held. */
export function deviceLogLockPath(dataDirectory: string): string {
  return join(dataDirectory, "device-log.lock");
}
