/** Facts about running processes and their connections, from Linux's /proc. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Memory that the process holds now, in MiB. */
export function residentMebibytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Of it, what is the process's own and no part of a file, in MiB: a mapped database grows with its file. */
export function ownMebibytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Open files and sockets of the process. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What the process has open, files by their paths. */
export function openFiles(pid: number): string[] {
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).flatMap((name) => {
    try {
      return [readlinkSync(`${descriptors}/${name}`)];
    } catch {
      // It was closed meanwhile: the one by which the folder is read always is.
      return [];
    }
  });
}

/** Processor time that the process has used so far, in seconds. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The program's name may hold spaces and brackets; what follows on it does not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Whether the system asks, by TCP keep-alive, if the other end of the connection between two ports over IPv4 is still there. */
export function isKeptAlive(localPort: number, remotePort: number): boolean {
  const ending = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const timer = rows.find((row) => row[1]?.endsWith(ending(localPort)) && row[2]?.endsWith(ending(remotePort)))?.[5];
  return timer?.startsWith("02:") ?? false;
}

/**
 * Resolves once the process has had next to nothing to do for two seconds: the library goes on indexing after a load is
 * over, and for the first second of that it still rests most of the time.
 */
export async function untilIdle(pid: number): Promise<void> {
  for (let before = processorSeconds(pid), quiet = 0; quiet < 4; ) {
    await delay(500);
    const used = processorSeconds(pid);
    quiet = used - before < 0.03 ? quiet + 1 : 0;
    before = used;
  }
}
