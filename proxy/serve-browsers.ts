/** Serves the workstation to browsers until the process is asked to end: what `serve`, `app` and the demo share. */
import { fileURLToPath } from "node:url";
import { startBrowserHost } from "./api/http-server.ts";
import { StaticFiles } from "./api/static-files.ts";
import { askedToEnd } from "./asked-to-end.ts";
import { composeWorkstation, type Workstation } from "./compose.ts";
import { openInBrowser } from "./setup/open-in-browser.ts";
import { nodeKeyring } from "./start-keyring.ts";

export interface ServeBrowsersOptions {
  readonly dataDirectory: string;
  /** On 127.0.0.1; 0 picks one. */
  readonly port: number;
  /** Opens the system's browser, where there is one. */
  readonly openBrowser: boolean;
  readonly demo: boolean;
  /** Runs with the workstation before the address is printed, e.g. to start the demo's workload; what it returns runs before the end. */
  readonly begin?: (workstation: Workstation) => Promise<() => Promise<void>>;
}

/** The workers' programs where Node runs TypeScript itself. */
export const typescriptWorkers = {
  relay: new URL("./relay-thread.ts", import.meta.url),
  library: new URL("./library-thread.ts", import.meta.url),
} as const;

/**
 * Prints `{"event":"serving","url":…}` as the first line on standard output, and the address for people on standard error.
 * Resolves after SIGINT, SIGTERM or SIGHUP, when all has ended in order. Rejects with a `FailureError` where it cannot start.
 */
export async function serveBrowsers(options: ServeBrowsersOptions): Promise<void> {
  const workstation = await composeWorkstation({
    dataDirectory: options.dataDirectory,
    host: "browser",
    workers: typescriptWorkers,
    demo: options.demo,
    keyring: options.demo ? null : nodeKeyring(),
  });
  try {
    await serveUntilAsked(workstation, options);
  } finally {
    await workstation.close();
  }
}

async function serveUntilAsked(workstation: Workstation, options: ServeBrowsersOptions): Promise<void> {
  const asked = askedToEnd();
  let closeDoorway = (): void => undefined;
  const host = await startBrowserHost({
    port: options.port,
    files: await StaticFiles.open(fileURLToPath(new URL("../out/renderer", import.meta.url))),
    connect: (channel, browser, answers) => workstation.connect(channel, browser, answers),
    answerRefused: (message) => workstation.answerRefused(message),
    forgotten: (browser) => workstation.forget(browser),
    onFreshAddress: (url) => {
      closeDoorway();
      say(`For another browser: ${url}`);
    },
  });
  try {
    const end = await options.begin?.(workstation);
    process.stdout.write(`${JSON.stringify({ event: "serving", url: host.url })}\n`);
    for (const notice of workstation.notices) say(notice);
    say(`Open ${host.url}\nThe address lets in one browser, once. Press Ctrl+C to end.`);
    if (options.openBrowser) closeDoorway = await openInBrowser(host.url);
    await asked;
    await end?.();
  } finally {
    closeDoorway();
    await host.close();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
