/** The settings of identity in a data directory: `identity.json`, which only its owner may read. */
import { join } from "node:path";
import { z } from "zod";
import { identitySettings } from "./api/contract/identity.ts";
import { type IdentitySettings, noIdentitySettings } from "./identity/identity-settings.ts";
import { writePrivateFile } from "./identity/private-file.ts";
import { FailureError, failureOf } from "./model/failure.ts";
import { readSettingsText, settingsProblem } from "./settings-text.ts";

const identityFile = z.object({ format: z.literal("stenograph-identity"), version: z.literal(1), settings: identitySettings });

export function identityPath(dataDirectory: string): string {
  return join(dataDirectory, "identity.json");
}

/**
 * The settings; without a file nobody signs in. Rejects with a `FailureError` (`settings-unreadable`) where the file cannot be
 * used: it is never passed over, because without a provider everybody may do everything.
 */
export async function loadIdentitySettings(dataDirectory: string): Promise<IdentitySettings> {
  const path = identityPath(dataDirectory);
  const text = await readSettingsText(path, "The identity settings");
  if (text === null) return noIdentitySettings;
  try {
    return identityFile.parse(JSON.parse(text)).settings;
  } catch (cause) {
    const message = `The identity settings in ${path} cannot be used (${settingsProblem(cause)}). Mend the file; without it nobody would have to sign in.`;
    throw new FailureError("settings-unreadable", message, { cause });
  }
}

/** Writes the file whole or not at all. The caller holds the lock of the settings. Rejects with a `FailureError` (`settings-unwritable`). */
export async function saveIdentitySettings(dataDirectory: string, settings: IdentitySettings): Promise<void> {
  const path = identityPath(dataDirectory);
  const file = { format: "stenograph-identity", version: 1, settings };
  try {
    await writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  } catch (cause) {
    const message = `The identity settings could not be saved in ${path}: ${failureOf(cause).message}. Nothing was changed.`;
    throw new FailureError("settings-unwritable", message, { cause });
  }
}
