/** The settings of a data directory: its place, and its connections on disk. */
import { readFile, rename, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { connection } from "./api/contract.ts";
import { writePrivateFile } from "./identity/private-file.ts";
import { connectionSecretNames } from "./model/connection.ts";
import { FailureError } from "./model/failure.ts";
import { withSettingsLock } from "./settings-lock.ts";

const storedConnection = z.object({
  connection,
  /** Whether its listener was running, so that it is started again. */
  running: z.boolean(),
  /** Secrets that it has: by their names only, to tell a lost one from one that never was. */
  secrets: z.array(z.enum(connectionSecretNames)),
});

const connectionsFile = z.object({
  format: z.literal("stenograph-connections"),
  version: z.literal(1),
  connections: z.array(storedConnection),
});

export type StoredConnection = z.output<typeof storedConnection>;

/** What was read, and which version of the file it was read from. */
export interface VersionedConnections {
  readonly connections: readonly StoredConnection[];
  readonly version: string | null;
}

/** What was read at the start; `notice` is a sentence for the person where a broken file was put aside. */
export interface LoadedConnections extends VersionedConnections {
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
  const read = await readWhole(dataDirectory);
  if (!("problem" in read)) return { ...read, notice: null };
  return withSettingsLock(dataDirectory, async () => {
    // Another process may have put the broken file aside meanwhile, and begun a new one.
    const again = await readWhole(dataDirectory);
    if (!("problem" in again)) return { ...again, notice: null };
    return { connections: [], version: null, notice: await putAside(connectionsPath(dataDirectory), again.problem) };
  });
}

/**
 * Reads what another process, or a person, made of `connections.json` while this one runs; `null` where it is gone. Rejects
 * with `FailureError` (`settings-unreadable`) where it cannot be used, and leaves it as it is.
 */
export async function reloadConnections(dataDirectory: string): Promise<VersionedConnections | null> {
  const read = await readWhole(dataDirectory);
  if (!("problem" in read)) return read.version === null ? null : read;
  const message =
    `The connections in ${connectionsPath(dataDirectory)} were changed by another program and cannot be used ` +
    `(${read.problem}). Mend the file or move it away; nothing is changed until then.`;
  throw new FailureError("settings-unreadable", message);
}

/** Another text each time that `connections.json` was written; `null` where it is not there. */
export async function connectionsVersion(dataDirectory: string): Promise<string | null> {
  try {
    const { ino, mtimeNs, size } = await stat(connectionsPath(dataDirectory), { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch {
    // What keeps it from being looked at is told when it is read.
    return null;
  }
}

/** Writes `connections.json` whole or not at all. The caller holds the lock of the settings. Rejects with `FailureError` (`settings-unwritable`). */
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

/** The version is taken first: a file that is replaced in between is read again. */
async function readWhole(dataDirectory: string): Promise<VersionedConnections | { readonly problem: string }> {
  const version = await connectionsVersion(dataDirectory);
  const text = await readIfThere(connectionsPath(dataDirectory));
  if (text === null) return { connections: [], version: null };
  try {
    return { connections: connectionsFile.parse(JSON.parse(text)).connections, version };
  } catch (cause) {
    return { problem: problemOf(cause) };
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

async function putAside(path: string, problem: string): Promise<string> {
  const aside = `${path}.broken-${new Date().toISOString().replaceAll(":", "-")}`;
  try {
    await rename(path, aside);
  } catch (renaming) {
    const message = `The connections in ${path} are broken, and the file could not be put aside: ${reasonOf(renaming)}.`;
    throw new FailureError("settings-unreadable", message, { cause: renaming });
  }
  return `The connections could not be used (${problem}). The file was kept as ${aside}, and no connection is set up now.`;
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return "the file is not JSON";
  const issue = cause.issues[0];
  return issue === undefined ? "the file has another shape" : `${issue.path.join(".") || "the file"}: ${issue.message}`;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
