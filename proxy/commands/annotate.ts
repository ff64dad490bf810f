import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { whenAskedToEnd } from "../asked-to-end.ts";
import { addCustodyEntry } from "../evidence/custody/add-entry.ts";
import { verifyBundle } from "../evidence/verify/verify-bundle.ts";
import { osUserActor } from "../identity/os-user.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { nowNs } from "../recording/clock.ts";
import { openCommandEvidence } from "./command-evidence.ts";
import { dataOption } from "./data-option.ts";
import { complain, existingDataDirectory, writeLine } from "./output.ts";

interface AnnotateArguments {
  readonly data: string;
  readonly out: string;
  readonly text?: string;
}

const help = `
A bundle is never changed: this makes a copy of it with one more entry in its chain of custody, signed by this workstation's device
key. Without --text the entry says that the bundle was opened.

Example:
  stenograph annotate case-17.zip --data ~/stenograph --text 'Compared with the ledger of June.' --out case-17a.zip`;

/** `annotate`: an entry of custody, in a copy of a bundle. */
export function register(program: Command): void {
  program
    .command("annotate")
    .description("add a signed note to a bundle's chain of custody, in a copy of it")
    .argument("<file>", "a bundle that verifies, and is not encrypted")
    .addOption(dataOption("this workstation's keys").makeOptionMandatory())
    .requiredOption("--out <file>", "the copy to make; none is overwritten")
    .option("--text <text>", "what is to be said of it")
    .addHelpText("after", help)
    .action((file: string, options: AnnotateArguments) => annotate(file, options));
}

async function annotate(file: string, { data, out, text }: AnnotateArguments): Promise<void> {
  if (!existingDataDirectory(data)) return;
  const cancelled = new AbortController();
  whenAskedToEnd(() => cancelled.abort());
  try {
    await refuseInvalid(file, cancelled.signal);
    const evidence = await openCommandEvidence(data);
    try {
      const act = text === undefined ? ({ kind: "opened" } as const) : ({ kind: "annotated", text } as const);
      const at = Number(nowNs() / 1000n);
      const entry = { file, out: resolve(out), signer: evidence.key, at, by: osUserActor(), act };
      const path = await addCustodyEntry(entry, cancelled.signal);
      await writeLine(`${path} in ${resolve(out)} says so.`);
    } finally {
      await evidence.close();
    }
  } catch (thrown) {
    complain(cancelled.signal.aborted ? "Cancelled. Nothing was written." : failureOf(thrown).message);
  }
}

async function refuseInvalid(file: string, signal: AbortSignal): Promise<void> {
  const fd = opened(file);
  try {
    const verdict = await verifyBundle(fd, { signal });
    if (verdict.verdict !== "INVALID") return;
    throw new FailureError("invalid-bundle", `${file} does not verify, so nothing is added to it: ${verdict.message}`);
  } finally {
    closeSync(fd);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    throw new FailureError("no-bundle", `${file} cannot be read: ${failureOf(cause).message}.`, { cause });
  }
}
