import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Part } from "./part.ts";
import { parts } from "./parts.ts";
import { unpackedServers, unpackServer } from "./unpack-server.ts";

/** Brings what is missing, as far as this machine and this user allow. What could not be brought is told by `isThere`. */
export function bringParts(say: (sentence: string) => void): void {
  installPackages(say);
  if (process.platform !== "linux" || process.arch !== "x64" || !isDebian()) return;
  for (const name of ["mysql", "newerMariadb"] as const) {
    if (parts[name].isThere()) continue;
    say(`Unpacking ${parts[name].name} into the cache folder …`);
    const failure = unpackServer(unpackedServers[name]);
    if (failure !== null) say(failure);
  }
}

function isDebian(): boolean {
  return existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
}

function installPackages(say: (sentence: string) => void): void {
  const missing = Object.values<Part>(parts).filter((part) => !part.isThere());
  const packages = [...new Set(missing.flatMap((part) => part.packages))];
  if (packages.length === 0 || !isDebian() || process.getuid?.() !== 0) return;
  say(`Installing ${packages.join(", ")} with apt-get …`);
  withoutStartingServers(() => {
    const options = ["-qq", "-o", "DPkg::Lock::Timeout=120"];
    for (const command of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
      const apt = spawnSync("apt-get", [...options, ...command], {
        stdio: ["ignore", 2, 2],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        timeout: 600_000,
      });
      if (apt.status !== 0) say(`apt-get ${command[0]} failed (${apt.error?.message ?? `exit code ${apt.status}`}).`);
    }
  });
}

/** Debian starts a server when its package is installed; the tests need the program only, so this forbids it meanwhile. */
function withoutStartingServers(install: () => void): void {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(policy);
  }
}
