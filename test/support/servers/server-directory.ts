import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "stenograph-server-";

/** The file in a server's directory that holds the process id of its guard. */
export const guardPidFile = "guard.pid";
/** The file in a server's directory that holds the process id of the server itself. */
export const serverPidFile = "server.pid";

/** A new directory for one server. Its owner's process id is in it, so that a later run can tell a stale one. */
export function createServerDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(directory, guardPidFile), String(process.pid));
  mkdirSync(join(directory, "files"));
  return directory;
}

/**
 * The account that a server runs under: databases refuse to run as root, so root's go to `mysql` (made by Debian's
 * package) or else `nobody`. `null` for everyone else, whose servers simply run as themselves.
 */
export function unprivilegedUser(): string | null {
  if (process.getuid?.() !== 0) return null;
  return spawnSync("id", ["-u", "mysql"]).status === 0 ? "mysql" : "nobody";
}

/** Gives `directory` and all in it to the account that the server runs under. */
export function giveTo(user: string | null, directory: string): void {
  if (user === null) return;
  const chown = spawnSync("chown", ["-R", user, directory], { encoding: "utf8" });
  if (chown.status !== 0) throw new Error(`The server's directory could not be given to ${user}: ${chown.stderr}`);
}

function pidIn(file: string): number | null {
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, "utf8"));
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether the process was started with this directory among its arguments; process ids are used again by others. */
function belongsTo(pid: number, directory: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  if (existsSync(commandLine)) return readFileSync(commandLine, "utf8").includes(directory);
  const ps = spawnSync("ps", ["-o", "args=", "-ww", "-p", String(pid)], { encoding: "utf8" });
  return ps.status === 0 && ps.stdout.includes(directory);
}

/** Ends servers whose run and guard are both gone (a machine that lost power, a killed guard), and removes their directories. */
export function sweepStaleServers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(tmpdir(), name);
    const owner = pidIn(join(directory, guardPidFile));
    if (owner !== null && isAlive(owner)) continue;
    const server = pidIn(join(directory, serverPidFile));
    if (server !== null && isAlive(server) && belongsTo(server, directory)) process.kill(server, "SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}
