/** The renderer's build: whether it is there and newer than its sources, and the making of it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { othersEnvironment } from "./others-environment.mjs";

/** What the build reads, so what makes it stale: the folders that the renderer may import, and the build's settings. */
const sources = ["renderer", "electron", "proxy", "package-lock.json"];
const built = "out/renderer/index.html";

/** Commands that show a window or a page. `demo --check` shows none. */
const commandsWithPage = new Set(["app", "serve", "demo"]);

/**
 * Whether the command given shows the renderer.
 * @param {readonly string[]} args
 */
export function showsPage(args) {
  const [command = ""] = args;
  return commandsWithPage.has(command) && !args.some((arg) => arg === "--check" || arg === "--help" || arg === "-h");
}

/**
 * Whether the renderer must be built: it is missing, or something it is made of is newer.
 * @param {string} root the project's folder
 */
export function rendererIsStale(root) {
  const page = join(root, built);
  if (!existsSync(page)) return true;
  const madeAt = statSync(page).mtimeMs;
  return sources.some((source) => newerThan(join(root, source), madeAt));
}

/**
 * Builds; warnings and errors go to standard error.
 * @param {string} root the project's folder
 * @returns {string | null} a sentence where it failed
 */
export function buildRenderer(root) {
  const program = join(root, "node_modules", "electron-vite", "bin", "electron-vite.js");
  const args = [program, "build", "--config", join("electron", "electron.vite.config.ts"), "--logLevel", "warn"];
  const ran = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2], env: othersEnvironment() });
  if (ran.error) return `The user interface could not be built (${ran.error.message}).`;
  if (ran.status !== 0) return "The user interface could not be built; what the build said stands above.";
  return null;
}

/**
 * @param {string} path a file, or a folder that is searched through
 * @param {number} time in milliseconds
 * @returns {boolean}
 */
function newerThan(path, time) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  // A folder's own time tells that something was added to it, renamed in it or removed.
  if (found.mtimeMs > time) return true;
  return found.isDirectory() && readdirSync(path).some((name) => newerThan(join(path, name), time));
}
