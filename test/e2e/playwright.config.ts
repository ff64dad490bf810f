import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { findChromium } from "../support/parts/chromium.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A browser for tests needs no sandbox, no graphics card and no network of its own. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const browser = findChromium();

// Nothing under test asks the keychain of whoever runs it.
process.env.STENOGRAPH_KEYCHAIN = "off";

export default defineConfig({
  testDir: here("."),
  testMatch: "**/*.spec.ts",
  outputDir: here("results"),
  globalSetup: here("../support/playwright-servers.ts"),
  reporter: [["list"], ["json"]],
  timeout: 60_000,
  workers: 1,
  forbidOnly: process.env.CI === "true",
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(browser === null ? {} : { executablePath: browser }),
      args: quiet,
      // Scroll bars take room where people have them: what they cover or push aside is to be seen.
      ignoreDefaultArgs: ["--hide-scrollbars"],
    },
  },
});
