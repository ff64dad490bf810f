/** What the files of settings in a data directory have in common: how they are read, and what is said where they cannot be used. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { FailureError, failureOf } from "./model/failure.ts";

/**
 * The text of a file of settings; `null` where there is none. Rejects with a `FailureError` (`settings-unreadable`), in which `what`
 * begins the sentence, e.g. `The identity settings`.
 */
export async function readSettingsText(path: string, what: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    const message = `${what} in ${path} could not be read: ${failureOf(cause).message}.`;
    throw new FailureError("settings-unreadable", message, { cause });
  }
}

/** Why a text is none of the settings that were looked for, for people; `cause` is what reading it as JSON of a schema threw. */
export function settingsProblem(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return "the file is not JSON";
  const issue = cause.issues[0];
  return issue === undefined ? "the file has another shape" : `${issue.path.join(".") || "the file"}: ${issue.message}`;
}
