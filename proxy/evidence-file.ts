/** The settings of evidence in a data directory: `evidence.json`. */
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import type { WitnessPlace } from "./evidence/device-log/witness.ts";
import { writePrivateFile } from "./identity/private-file.ts";
import { FailureError, failureOf } from "./model/failure.ts";
import { readSettingsText, settingsProblem } from "./settings-text.ts";
import { SharedFile } from "./shared-file.ts";

/** What is set about evidence. */
export interface EvidenceSettings {
  /** Who gets the checkpoints of the device log, besides this machine. */
  readonly witness: WitnessPlace | null;
}

const witnessFile = z.strictObject({ file: z.string().refine(isAbsolute, "it must be an absolute path") });
const witnessUrl = z.strictObject({ url: z.string().refine(isWebAddress, "it must begin with https:// or http://") });
const evidenceFile = z.object({
  format: z.literal("stenograph-evidence"),
  version: z.literal(1),
  witness: z.union([witnessFile, witnessUrl]).nullable(),
});

export function evidencePath(dataDirectory: string): string {
  return join(dataDirectory, "evidence.json");
}

/**
 * The settings, as all processes of the data directory share them; without a file there is no witness. Rejects with a `FailureError`
 * (`settings-unreadable`) where the file cannot be used: who set a witness wants to know that it gets nothing.
 */
export function openEvidenceSettings(dataDirectory: string): Promise<SharedFile<EvidenceSettings>> {
  const path = evidencePath(dataDirectory);
  return SharedFile.open({ dataDirectory, path, read: () => load(path), write: (settings) => save(path, settings) });
}

/** What a person names as a witness. Throws a `FailureError` (`usage`) where it can be none. */
export function witnessOf(text: string, directory: string): WitnessPlace {
  if (isWebAddress(text)) return { url: text };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text === "") {
    throw new FailureError("usage", `A witness is a file, or an address that begins with https:// or http://; “${text}” is neither.`);
  }
  return { file: isAbsolute(text) ? text : join(directory, text) };
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

async function load(path: string): Promise<EvidenceSettings> {
  const text = await readSettingsText(path, "The settings of evidence");
  if (text === null) return { witness: null };
  try {
    return { witness: evidenceFile.parse(JSON.parse(text)).witness };
  } catch (cause) {
    const message = `The settings of evidence in ${path} cannot be used (${settingsProblem(cause)}). Mend the file, or move it away to have no witness.`;
    throw new FailureError("settings-unreadable", message, { cause });
  }
}

async function save(path: string, { witness }: EvidenceSettings): Promise<void> {
  try {
    await writePrivateFile(path, `${JSON.stringify({ format: "stenograph-evidence", version: 1, witness }, null, 2)}\n`);
  } catch (cause) {
    const message = `The settings of evidence could not be saved in ${path}: ${failureOf(cause).message}. Nothing was changed.`;
    throw new FailureError("settings-unwritable", message, { cause });
  }
}
