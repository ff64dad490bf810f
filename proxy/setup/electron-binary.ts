import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasDisplay } from "./open-in-browser.ts";
import { othersEnvironment } from "./others-environment.mjs";

/** The binary's path, or why the desktop cannot be opened, as the beginning of a sentence. */
export type ElectronBinary = { readonly path: string } | { readonly missing: string };

/** How long fetching the binary (about 110 MB) may take. */
const fetchLimitMs = 300_000;

/**
 * Electron's binary: it is not in Electron's package, which fetches it when it is first used. Asking the package itself
 * (`import "electron"`) would fetch in the foreground and throw.
 */
export async function electronBinary(): Promise<ElectronBinary> {
  const unsuitable = whyNoWindow();
  if (unsuitable !== null) return { missing: unsuitable };
  const folder = packageFolder();
  if (folder === null) return { missing: "Electron is not installed" };
  const present = presentIn(folder);
  if (present !== null) return { path: present };
  process.stderr.write("Fetching Electron's binary, once (about 110 MB).\n");
  await fetchBinary(folder);
  const fetched = presentIn(folder);
  return fetched === null ? { missing: "Electron's binary could not be fetched" } : { path: fetched };
}

function whyNoWindow(): string | null {
  if (!hasDisplay(process.platform, process.env)) return "There is no display";
  if (process.platform === "linux" && process.getuid?.() === 0) return "Electron's sandbox does not run as root";
  return null;
}

function packageFolder(): string | null {
  try {
    return dirname(fileURLToPath(import.meta.resolve("electron/package.json")));
  } catch {
    return null;
  }
}

function presentIn(folder: string): string | null {
  const name = join(folder, "path.txt");
  if (!existsSync(name)) return null;
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, "dist"), readFileSync(name, "utf8"));
  return existsSync(path) ? path : null;
}

function fetchBinary(folder: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, [join(folder, "install.js")], { stdio: "ignore", timeout: fetchLimitMs, env: othersEnvironment() });
  child.once("error", () => resolve());
  child.once("exit", () => resolve());
  return promise;
}
