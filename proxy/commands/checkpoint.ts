import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { readCheckpoint } from "../evidence/device-log/checkpoint.ts";
import { checkpointPath } from "../evidence/device-log/log-files.ts";
import { sendToWitness, type WitnessPlace, witnessName } from "../evidence/device-log/witness.ts";
import { keepWitnessed } from "../evidence/device-log/witnessed.ts";
import { openEvidenceSettings, witnessOf } from "../evidence-file.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { dataOption } from "./data-option.ts";
import { complain, existingDataDirectory, say } from "./output.ts";

interface CheckpointArguments {
  readonly data: string;
  readonly witness?: string;
  readonly always?: true;
}

const usageError = 2;

const help = `
A checkpoint is a signed note of three lines: which log, how many entries, and the root hash over them. Who keeps one can tell
later whether anything that was entered before was removed or changed. Keep it where whoever runs this machine cannot change it.

A witness is a file, which is added to, or an address, which gets the note as the body of an HTTP POST. With --always running
programs send it from then on, whenever a session is sealed or exported; “--witness none --always” ends that.

Example:
  stenograph checkpoint --data ~/stenograph --witness https://witness.example/checkpoints --always`;

/** `checkpoint`: the newest checkpoint of the device log, for whoever is to witness it. */
export function register(program: Command): void {
  program
    .command("checkpoint")
    .description("print the newest checkpoint of the device log, or send it to a witness")
    .addOption(dataOption("the device log").makeOptionMandatory())
    .option("--witness <file|url>", "send it there too")
    .option("--always", "and from now on whenever a session is sealed or exported")
    .addHelpText("after", help)
    .action((options: CheckpointArguments) => checkpoint(options));
}

async function checkpoint({ data, witness, always }: CheckpointArguments): Promise<void> {
  if (!existingDataDirectory(data)) return;
  try {
    if (witness === undefined && always === true) throw new FailureError("usage", "With --always, give the --witness.");
    const place = witness === undefined || witness === "none" ? null : witnessOf(witness, process.cwd());
    if (always === true) await setWitness(data, place);
    const note = await newestCheckpoint(data);
    if (note === null && always !== true) throw new FailureError("no-checkpoint", noCheckpoint(data));
    if (note === null) return;
    process.stdout.write(note);
    if (place !== null) await send(data, place, note);
    else await keepPrinted(data, note);
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    complain(message);
    if (code === "usage") process.exitCode = usageError;
  }
}

async function setWitness(dataDirectory: string, witness: WitnessPlace | null): Promise<void> {
  const settings = await openEvidenceSettings(dataDirectory);
  await settings.change((value) => ({ value: { ...value, witness }, result: null }));
  say(witness === null ? "Checkpoints go to no witness from now on." : `Checkpoints go to ${witnessName(witness)} from now on.`);
}

/** `null` where there is none yet. Rejects with a `FailureError` where it cannot be read. */
async function newestCheckpoint(dataDirectory: string): Promise<string | null> {
  const path = checkpointPath(dataDirectory);
  const note = await readIfThere(path);
  if (note === null || readCheckpoint(note) !== null) return note;
  throw new FailureError("no-checkpoint", `${path} is not a checkpoint: it was damaged or changed.`);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new FailureError("no-checkpoint", `The checkpoint ${path} could not be read: ${failureOf(cause).message}.`, { cause });
  }
}

function noCheckpoint(dataDirectory: string): string {
  return `There is no checkpoint in ${dataDirectory} yet. One is made when “record” or the workstation runs with it.`;
}

/** Whoever reads it may keep it: bundles prove from then on that the log goes on from there. */
async function keepPrinted(dataDirectory: string, note: string): Promise<void> {
  try {
    await keepWitnessed(dataDirectory, { at: Date.now() * 1000, witness: "printed", size: readCheckpoint(note)?.size ?? 0, note });
  } catch (cause) {
    const message = `Bundles will not show that the device log goes on from this checkpoint, because it could not be kept: ${failureOf(cause).message}.`;
    throw new FailureError("witness", message, { cause });
  }
}

async function send(dataDirectory: string, place: WitnessPlace, note: string): Promise<void> {
  try {
    await sendToWitness(dataDirectory, place, note, Date.now() * 1000);
  } catch (cause) {
    const message = `The witness ${witnessName(place)} did not get the checkpoint: ${failureOf(cause).message}.`;
    throw new FailureError("witness", message, { cause });
  }
  say(`The witness ${witnessName(place)} has it.`);
}
