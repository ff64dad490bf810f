import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import type { UnixMicros } from "../../model/value.ts";
import { readLastSeal } from "../../recording/last-seal.ts";
import { recorderIsAlive } from "../../recording/recorder-lock.ts";
import { listRecordings, type RecordingFile } from "../../recording/recording-files.ts";
import type { Entry } from "./entry.ts";
import { entriesPath } from "./log-files.ts";
import { readOpening } from "./recording-opening.ts";
import type { WrittenSeal } from "./session-entries.ts";

const dayMs = 86_400_000;

/** How long before the log's last entry a recording may have been sealed without being entered: while the log could not be written. */
const lookBackMs = 7 * dayMs;

const tailBytes = 64 * 1024;

const sealSchema = z.object({
  sha256: z.string(),
  bytes: z.number(),
  root: z.string().optional(),
  events: z.number().optional(),
  signatures: z
    .array(
      z.object({
        by: z.enum(["device", "identity"]),
        keyId: z.string(),
        algorithm: z.enum(["Ed25519", "ES256"]),
        sig: z.string(),
        signIn: z.string().exactOptional(),
      }),
    )
    .optional(),
});

/**
 * Finds recordings that are sealed and not in the device log: their process was killed in between, or could not write the log. Made
 * before the log is read, hears its entries, and then looks at the recordings since a week before the log's last entry.
 */
export class LateSeals {
  readonly #dataDirectory: string;
  /** Milliseconds since the Unix epoch; 0 where there was no log. */
  readonly #sinceMs: number;
  readonly #entered = new Set<string>();

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
    const last = lastEntryAt(entriesPath(dataDirectory));
    this.#sinceMs = last === null ? 0 : last / 1000 - lookBackMs;
  }

  /** Hears an entry of the log. */
  saw(entry: Entry): void {
    if (entry.kind === "seal" && entry.at / 1000 >= this.#sinceMs - dayMs) this.#entered.add(entry.session);
  }

  /** Gives each sealed recording that no entry is of, with its seal, and lets others have their turn in between; until `signal` aborts. */
  async *missing(signal: AbortSignal): AsyncGenerator<{ readonly session: string; readonly seal: WrittenSeal }> {
    for (const recording of listRecordings(this.#dataDirectory)) {
      if (signal.aborted) return;
      const seal = this.#mayMiss(recording) ? sealOf(recording, this.#dataDirectory) : null;
      if (seal !== null && !this.#entered.has(recording.session)) yield { session: recording.session, seal };
      await turn();
    }
    this.#entered.clear();
  }

  #mayMiss({ session, path }: RecordingFile): boolean {
    if (this.#entered.has(session)) return false;
    return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= this.#sinceMs;
  }
}

/** The seal of a recording whose recorder is gone: one that runs enters it itself. `null` too where it cannot be read. */
function sealOf({ path }: RecordingFile, dataDirectory: string): WrittenSeal | null {
  try {
    const { success, data } = sealSchema.safeParse(readLastSeal(path).seal);
    const opening = success ? readOpening(path) : null;
    if (!success || (opening !== null && recorderIsAlive(dataDirectory, opening.open.recorder))) return null;
    const { sha256, bytes, root, events, signatures } = data;
    return { sha256, bytes, ...(root !== undefined && { root }), ...(events !== undefined && { events }), signatures: signatures ?? [] };
  } catch {
    // What is wrong with it, whoever reads the recording says.
    return null;
  }
}

/** When the last whole entry was entered; `null` where there is none. */
function lastEntryAt(path: string): UnixMicros | null {
  try {
    const fd = openSync(path, "r");
    try {
      const { size } = fstatSync(fd);
      const tail = Buffer.alloc(Math.min(size, tailBytes));
      readSync(fd, tail, 0, tail.length, size - tail.length);
      return (
        tail
          .toString("utf8")
          .split("\n")
          .slice(0, -1)
          .flatMap((line) => atOf(line) ?? [])
          .at(-1) ?? null
      );
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

function atOf(line: string): UnixMicros | null {
  try {
    const { at } = JSON.parse(line) as { readonly at?: unknown };
    return typeof at === "number" ? at : null;
  } catch {
    return null;
  }
}
