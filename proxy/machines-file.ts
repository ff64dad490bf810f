/** The registered machines of a data directory: `machines.json`, which only its owner may read. */
import { join } from "node:path";
import { z } from "zod";
import { machine } from "./api/contract/identity.ts";
import { writePrivateFile } from "./identity/private-file.ts";
import type { RegisteredMachine } from "./identity/registered-machine.ts";
import { FailureError, failureOf } from "./model/failure.ts";
import { readSettingsText, settingsProblem } from "./settings-text.ts";
import { SharedFile } from "./shared-file.ts";

const registered = machine.extend({
  removedAt: z.number().nullable().default(null),
  verifiers: z.object({ sha1: z.base64(), sha256: z.base64() }).nullable(),
});
const machinesFile = z.object({ format: z.literal("stenograph-machines"), version: z.literal(1), machines: z.array(registered) });

export function machinesPath(dataDirectory: string): string {
  return join(dataDirectory, "machines.json");
}

/**
 * The machines, as all processes of the data directory share them. Rejects with a `FailureError` (`settings-unreadable`) where the
 * file cannot be used: it is never passed over, because a revoked machine could be taken for one that never was.
 */
export function openMachines(dataDirectory: string): Promise<SharedFile<readonly RegisteredMachine[]>> {
  const path = machinesPath(dataDirectory);
  return SharedFile.open({ dataDirectory, path, read: () => load(path), write: (machines) => save(path, machines) });
}

async function load(path: string): Promise<readonly RegisteredMachine[]> {
  const text = await readSettingsText(path, "The registered machines");
  if (text === null) return [];
  try {
    return machinesFile.parse(JSON.parse(text)).machines;
  } catch (cause) {
    const message = `The registered machines in ${path} cannot be used (${settingsProblem(cause)}). Mend the file, or move it away to register them anew.`;
    throw new FailureError("settings-unreadable", message, { cause });
  }
}

async function save(path: string, machines: readonly RegisteredMachine[]): Promise<void> {
  try {
    await writePrivateFile(path, `${JSON.stringify({ format: "stenograph-machines", version: 1, machines }, null, 2)}\n`);
  } catch (cause) {
    const message = `The registered machines could not be saved in ${path}: ${failureOf(cause).message}. Nothing was changed.`;
    throw new FailureError("settings-unwritable", message, { cause });
  }
}
