/** The demo with a window. */
import { environmentWith, startGivenConnections } from "../api/connections/given-connections.ts";
import { byToken, workloadTargets } from "../demo/demo-targets.ts";
import type { Demo } from "../demo/open-demo.ts";
import { demoSeed, keepWorkloadRunning, untilListening } from "../demo/running-workload.ts";
import { failureOf } from "../model/failure.ts";
import { serveBrowsers } from "../serve-browsers.ts";
import { electronBinary } from "../setup/electron-binary.ts";
import { runDesktop } from "./run-desktop.ts";

export interface ShowOptions {
  readonly port?: number;
  readonly open: boolean;
}

/** How long the desktop may need to start. */
const desktopStartMs = 60_000;

/** The desktop, or the browser host where it cannot be had or was not wanted; the clients play for as long as it is open. */
export async function showDemo(demo: Demo, options: ShowOptions): Promise<void> {
  const onDesktop = options.open && options.port === undefined;
  if (onDesktop) {
    introduce(demo);
    const missing = await showDesktop(demo);
    if (missing === null) return;
    say(`${missing}, so the demo is served to your browser instead.`);
  }
  await serveBrowsers({
    dataDirectory: demo.dataDirectory,
    port: options.port ?? 0,
    openBrowser: options.open,
    demo: true,
    begin: async ({ handlers }) => {
      // Not before the port is known to be free.
      if (!onDesktop) introduce(demo);
      await startGivenConnections(handlers.calls, demo.source.connections);
      const workload = playing(demo);
      return () => workload.stop();
    },
  });
}

function introduce(demo: Demo): void {
  for (const notice of [...demo.source.notices, peopleOf(demo)]) say(notice);
}

function peopleOf({ people }: Demo): string {
  const lines = people.map(({ name, title, user, password }) => `  ${user.padEnd(6)} ${password}  ${name}, ${title}`);
  return `Sign in at the demo's identity provider as one of its people (user name, password):\n${lines.join("\n")}`;
}

/** Resolves to why there is no desktop, or to `null` after it was closed. */
async function showDesktop(demo: Demo): Promise<string | null> {
  const electron = await electronBinary();
  if ("missing" in electron) return electron.missing;
  const { source, dataDirectory } = demo;
  const closed = runDesktop(electron.path, dataDirectory, environmentWith(source.connections));
  const started = untilListening(() => source.scripts, desktopStartMs).then(() => playing(demo));
  started.catch((thrown: unknown) => say(failureOf(thrown).message));
  const missing = await closed;
  await started.then((workload) => workload.stop()).catch(() => undefined);
  return missing;
}

/** The DBA of the workload sits at another terminal than whoever looks on, and brings a token. */
function playing({ source, identity, provider, people: [dba], dataDirectory }: Demo): { stop(): Promise<void> } {
  const targets = workloadTargets(source, identity, byToken(source, provider, dba, dataDirectory));
  return keepWorkloadRunning({ targets, seed: demoSeed, pace: 1, report: say });
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
