/** The settings of a data directory: its place, and its connections on disk. */
import { readFile, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { connection } from "./api/contract.ts";
import { writePrivateFile } from "./identity/private-file.ts";
import { FailureError } from "./model/failure.ts";

const storedConnection = z.object({
  connection,
  /** Whether its listener was running, so that it is started again. */
  running: z.boolean(),
  /** Secrets that it has: by their names only, to tell a lost one from one that never was. */
  secrets: z.array(z.enum(["upstreamPassword", "clientPassword"])),
});

const connectionsFile = z.object({
  format: z.literal("stenograph-connections"),
  version: z.literal(1),
  connections: z.array(storedConnection),
});

export type StoredConnection = z.output<typeof storedConnection>;

/** What was read; `notice` is a sentence for the person where a broken file was put aside. */
export interface LoadedConnections {
  readonly connections: readonly StoredConnection[];
  readonly notice: string | null;
}

/** The platform's own place for an application's files, where no `--data` is given. */
export function defaultDataDirectory(
  platform: NodeJS.Platform = process.platform,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Stenograph");
  if (platform === "win32") return join(environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "Stenograph");
  return join(environment.XDG_DATA_HOME || join(homedir(), ".local", "share"), "stenograph");
}

export function connectionsPath(dataDirectory: string): string {
  return join(dataDirectory, "connections.json");
}

/**
 * Reads `connections.json`. A file that is not what this version writes is renamed aside, never overwritten, and the
 * program starts without connections and says so. Rejects with `FailureError` (`settings-unreadable`) where the file
 * cannot be read at all.
 */
export async function loadConnections(dataDirectory: string): Promise<LoadedConnections> {
  const path = connectionsPath(dataDirectory);
  const text = await readIfThere(path);
  if (text === null) return { connections: [], notice: null };
  try {
    return { connections: connectionsFile.parse(JSON.parse(text)).connections, notice: null };
  } catch (cause) {
    return { connections: [], notice: await putAside(path, cause) };
  }
}

/** Writes `connections.json` whole or not at all; rejects with `FailureError` (`settings-unwritable`). */
export async function saveConnections(dataDirectory: string, connections: readonly StoredConnection[]): Promise<void> {
  const path = connectionsPath(dataDirectory);
  const file: z.input<typeof connectionsFile> = { format: "stenograph-connections", version: 1, connections: [...connections] };
  try {
    await writePrivateFile(path, `${JSON.stringify(file, null, 2)}\n`);
  } catch (cause) {
    throw new FailureError(
      "settings-unwritable",
      `The connections could not be saved in ${path}: ${reasonOf(cause)}. Nothing was changed.`,
      { cause },
    );
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new FailureError("settings-unreadable", `The connections in ${path} could not be read: ${reasonOf(cause)}.`, { cause });
  }
}

async function putAside(path: string, cause: unknown): Promise<string> {
  const aside = `${path}.broken-${new Date().toISOString().replaceAll(":", "-")}`;
  try {
    await rename(path, aside);
  } catch (renaming) {
    const message = `The connections in ${path} are broken, and the file could not be put aside: ${reasonOf(renaming)}.`;
    throw new FailureError("settings-unreadable", message, { cause: renaming });
  }
  return `The connections could not be used (${problemOf(cause)}). The file was kept as ${aside}, and no connection is set up now.`;
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return "the file is not JSON";
  const issue = cause.issues[0];
  return issue === undefined ? "the file has another shape" : `${issue.path.join(".") || "the file"}: ${issue.message}`;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
