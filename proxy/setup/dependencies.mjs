// Plain JavaScript for Node 20 and newer, without packages: this is what runs on a fresh clone, before anything is installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { othersEnvironment } from "./others-environment.mjs";

/**
 * The packages of a lock file by folder, as far as they must be there: optional ones may be missing on this platform.
 * @param {string} file
 * @returns {Map<string, {version: string, optional: boolean}> | null} `null` where the file is not there or cannot be read
 */
function packagesOf(file) {
  try {
    const { packages } = JSON.parse(readFileSync(file, "utf8"));
    const entries = Object.entries(packages).filter(([folder]) => folder !== "");
    return new Map(
      entries.map(([folder, entry]) => [folder, { version: entry.version, optional: entry.optional === true || entry.peer === true }]),
    );
  } catch {
    return null;
  }
}

/**
 * Whether `node_modules` holds what the lock file says. Compares contents, not times: a checkout gives every file a new time.
 * @param {string} root the repository's folder
 */
export function dependenciesAreCurrent(root) {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (wanted === null || installed === null) return false;
  for (const [folder, { version, optional }] of wanted) {
    const found = installed.get(folder);
    if (found === undefined ? !optional : found.version !== version) return false;
  }
  return true;
}

/**
 * Installs the dependencies exactly as locked, where they are missing or of another version. Speaks on standard error.
 * @param {string} root the repository's folder
 * @returns {string | null} a sentence for a person where it failed
 */
export function installDependencies(root) {
  if (dependenciesAreCurrent(root)) return null;
  console.error("Installing dependencies (npm ci) …");
  // Under `npm run -s` npm would keep silent, and its reason with it.
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: othersEnvironment(),
    shell: process.platform === "win32",
  });
  if (npm.error)
    return `Dependencies could not be installed because npm did not start (${npm.error.message}). Install npm 10 or newer and try again.`;
  if (npm.status !== 0) return "Dependencies could not be installed: npm ci failed, its reason is above. Check the network and try again.";
  return null;
}
