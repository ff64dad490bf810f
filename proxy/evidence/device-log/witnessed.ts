/** The checkpoints that a witness has, as far as this workstation knows: `device-log/checkpoints.jsonl`. */
import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { failureOf } from "../../model/failure.ts";
import type { UnixMicros } from "../../model/value.ts";
import { witnessedPath } from "./log-files.ts";

/** A checkpoint that went to a witness. */
export interface WitnessedCheckpoint {
  readonly at: UnixMicros;
  /** The file or the address. */
  readonly witness: string;
  readonly size: number;
  /** The signed note, as the witness has it. */
  readonly note: string;
}

const lineSchema = z.object({ at: z.number(), witness: z.string(), size: z.number().int().min(0), note: z.string() });

/** Adds one; rejects with the system's error. One write, so that those of several processes do not mix. */
export async function keepWitnessed(dataDirectory: string, checkpoint: WitnessedCheckpoint): Promise<void> {
  const file = await open(witnessedPath(dataDirectory), "a", 0o600);
  try {
    await file.appendFile(`${JSON.stringify(checkpoint)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** All of them, oldest first; none where there is no such file. A line that was cut short is passed over. */
export async function readWitnessed(dataDirectory: string): Promise<readonly WitnessedCheckpoint[]> {
  let text: string;
  try {
    text = await readFile(witnessedPath(dataDirectory), "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new Error(`The list of witnessed checkpoints could not be read: ${failureOf(cause).message}`, { cause });
  }
  return text.split("\n").flatMap((line) => readLine(line) ?? []);
}

function readLine(line: string): WitnessedCheckpoint | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
