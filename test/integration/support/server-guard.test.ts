import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { createServerDirectory, guardPidFile, serverPidFile, sweepStaleServers } from "../../support/servers/server-directory.ts";

const guard = fileURLToPath(new URL("../../support/servers/server-guard.ts", import.meta.url));
const anEndedProcess = (): number => spawnSync("true").pid;
/** Stands for a server: it waits, and has its directory on its command line. */
const waiting = (directory: string): string[] => [process.execPath, "-e", "setInterval(() => {}, 1000)", directory];

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A run that starts a guarded server (here a process that only waits) and is then busy. */
function startRun(directory: string): ReturnType<typeof spawn> {
  const script = `
    const { spawn } = require("node:child_process");
    spawn(process.execPath, [${JSON.stringify(guard)}, ${JSON.stringify(directory)}, ...${JSON.stringify(waiting(directory))}],
      { stdio: ["pipe", "ignore", "inherit"], detached: true });
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ["-e", script], { stdio: ["ignore", "ignore", "inherit"] });
}

async function serverPidOf(directory: string): Promise<number> {
  const file = join(directory, serverPidFile);
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, "utf8")).toMatch(/^\d+$/), { timeout: 20_000 });
  return Number(readFileSync(file, "utf8"));
}

describe("a test server's guard", () => {
  it("ends the server and removes its directory when the run is killed", async () => {
    const directory = createServerDirectory();
    const run = startRun(directory);
    const server = await serverPidOf(directory);
    expect(isAlive(server)).toBe(true);
    run.kill("SIGKILL");
    await once(run, "exit");
    await vi.waitFor(() => expect([existsSync(directory), isAlive(server)]).toEqual([false, false]), { timeout: 20_000 });
  });
});

describe("sweeping stale servers", () => {
  it("ends a server whose guard is gone, and removes its directory", async () => {
    const directory = createServerDirectory();
    const server = spawn(process.execPath, waiting(directory).slice(1), { stdio: "ignore" });
    writeFileSync(join(directory, serverPidFile), String(server.pid));
    writeFileSync(join(directory, guardPidFile), String(anEndedProcess()));
    sweepStaleServers();
    expect(await once(server, "exit")).toEqual([null, "SIGKILL"]);
    expect(existsSync(directory)).toBe(false);
  });

  it("leaves a process alone that only got the same number", () => {
    const directory = createServerDirectory();
    writeFileSync(join(directory, serverPidFile), String(process.pid));
    writeFileSync(join(directory, guardPidFile), String(anEndedProcess()));
    sweepStaleServers();
    expect(existsSync(directory)).toBe(false);
  });

  it("leaves the servers of a run that goes on alone", () => {
    const directory = createServerDirectory();
    sweepStaleServers();
    expect(existsSync(directory)).toBe(true);
    writeFileSync(join(directory, guardPidFile), String(anEndedProcess()));
    sweepStaleServers();
  });
});
