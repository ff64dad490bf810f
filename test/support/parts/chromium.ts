import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** The browser for tests: `STENOGRAPH_CHROMIUM`, the system's Chromium or Chrome, or the one that Playwright installed. */
export function findChromium(): string | null {
  const named = process.env.STENOGRAPH_CHROMIUM;
  if (named !== undefined) return existsSync(named) ? named : null;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const which = spawnSync("sh", ["-c", 'command -v "$0"', name], { encoding: "utf8" });
    if (which.status === 0) return which.stdout.trim();
  }
  const playwrights = chromium.executablePath();
  return existsSync(playwrights) ? playwrights : null;
}
