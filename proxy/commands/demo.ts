import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { environmentWith, startGivenConnections } from "../api/connections/given-connections.ts";
import { composeWorkstation } from "../compose.ts";
import { demoAddress } from "../demo/demo-address.ts";
import { type CheckResult, checkDemo } from "../demo/demo-check.ts";
import { type DemoSource, openDemoSource } from "../demo/demo-source.ts";
import { type IdentityProvider, startIdentityProvider } from "../demo/identity-provider/identity-provider.ts";
import { keepWorkloadRunning, untilListening } from "../demo/running-workload.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { recordingsDirectory } from "../recording/recording-files.ts";
import { serveBrowsers, typescriptWorkers } from "../serve-browsers.ts";
import { electronBinary } from "../setup/electron-binary.ts";
import { dataOption } from "./data-option.ts";
import { runDesktop } from "./run-desktop.ts";
import { parsePort } from "./serve.ts";

interface DemoOptions {
  readonly data?: string;
  readonly upstream?: string;
  readonly port?: number;
  readonly open: boolean;
  readonly check?: true;
}

/** Decides the shop's rows and what the clients ask: every demo is the same. */
const seed = 1;
const trainingThread = new URL("../training-thread.ts", import.meta.url);

/** A check plays for this long, and faster than a person. */
const checkMs = 10_000;
const checkPace = 0.4;
/** Sentences printed of a check that found differences. */
const shownDifferences = 20;
/** How long the desktop may need to start. */
const desktopStartMs = 60_000;

/** `demo`: the workstation with something to see, or a check that it shows the truth. */
export function register(program: Command): void {
  program
    .command("demo")
    .description("open the workstation on a workload of four clients; needs no server")
    .option("--upstream <url>", "a real server instead of the training database: mysql://USER:PASSWORD@HOST:PORT")
    .addOption(dataOption("the recordings and the library; without it a temporary one, removed at the end"))
    .addOption(new Option("--port <number>", "serve to a browser on this port of 127.0.0.1, without the desktop").argParser(parsePort))
    .option("--no-open", "serve to browsers, and open none")
    .option("--check", "no window: play for ten seconds, compare the library with what the clients received, print one JSON line")
    .action((options: DemoOptions) => demo(options));
}

async function demo(options: DemoOptions): Promise<void> {
  const interrupted = interruption();
  try {
    const upstream = options.upstream === undefined ? null : demoAddress(options.upstream);
    await withDirectory(options, async (dataDirectory) => {
      const source = await openDemoSource({ upstream, seed, trainingThread });
      try {
        if (interrupted.aborted) throw new FailureError("interrupted", "The demo was interrupted before it began.");
        for (const notice of options.check ? [] : source.notices) say(notice);
        if (options.check) await check(source, dataDirectory, interrupted);
        else await withIdentityProvider(() => show(source, dataDirectory, options));
      } finally {
        await source.close();
      }
    });
  } catch (thrown) {
    say(failureOf(thrown).message);
    process.exitCode = thrown instanceof FailureError && thrown.code === "usage" ? 2 : 1;
  }
}

/**
 * Aborts at the first SIGINT or SIGTERM, from the very start: what was made in a real server must be removed however
 * early that comes. A second signal ends the process at once.
 */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

/** Runs `work` in the directory asked for, or in a temporary one that is removed where all went well. */
async function withDirectory({ data }: DemoOptions, work: (dataDirectory: string) => Promise<void>): Promise<void> {
  if (data !== undefined) return work(data);
  const temporary = mkdtempSync(join(tmpdir(), "stenograph-demo-"));
  let kept = true;
  try {
    await work(temporary);
    kept = process.exitCode === 1;
  } finally {
    if (kept && existsSync(recordingsDirectory(temporary))) say(`What was recorded is kept for a look: ${temporary}`);
    else rmSync(temporary, { recursive: true, force: true });
  }
}

/** Starts the demo's identity provider, tells of its people, and stops it after `work`. */
async function withIdentityProvider(work: () => Promise<void>): Promise<void> {
  const provider = await startIdentityProvider({ hint: true });
  try {
    say(peopleOf(provider));
    await work();
  } finally {
    await provider.stop();
  }
}

function peopleOf({ issuer, people }: IdentityProvider): string {
  const lines = people.map(({ name, title, user, password }) => `  ${name}, ${title}: user name ${user}, password ${password}`);
  return `The demo's identity provider is at ${issuer}. Its people:\n${lines.join("\n")}`;
}

/** The desktop, or the browser host where it cannot be had or was not wanted; the clients play for as long as it is open. */
async function show(source: DemoSource, dataDirectory: string, options: DemoOptions): Promise<void> {
  if (options.open && options.port === undefined) {
    const missing = await showDesktop(source, dataDirectory);
    if (missing === null) return;
    say(`${missing}, so the demo is served to your browser instead.`);
  }
  await serveBrowsers({
    dataDirectory,
    port: options.port ?? 0,
    openBrowser: options.open,
    demo: true,
    begin: async ({ handlers }) => {
      await startGivenConnections(handlers.calls, source.connections);
      const workload = playing(source);
      return () => workload.stop();
    },
  });
}

/** Resolves to why there is no desktop, or to `null` after it was closed. */
async function showDesktop(source: DemoSource, dataDirectory: string): Promise<string | null> {
  const electron = await electronBinary();
  if ("missing" in electron) return electron.missing;
  const closed = runDesktop(electron.path, dataDirectory, environmentWith(source.connections));
  const started = untilListening(source.targets.report, desktopStartMs).then(() => playing(source));
  started.catch((thrown: unknown) => say(failureOf(thrown).message));
  const missing = await closed;
  await started.then((workload) => workload.stop()).catch(() => undefined);
  return missing;
}

function playing({ targets }: DemoSource): { stop(): Promise<void> } {
  return keepWorkloadRunning({ targets, seed, pace: 1, report: say });
}

/** Exit code 0 only where nothing differs and every recording verifies. */
async function check(source: DemoSource, dataDirectory: string, interrupted: AbortSignal): Promise<void> {
  const workstation = await composeWorkstation({ dataDirectory, host: "browser", workers: typescriptWorkers, demo: true });
  try {
    await startGivenConnections(workstation.handlers.calls, source.connections);
    const { core, handlers } = workstation;
    const { targets } = source;
    const result = await checkDemo({ core, handlers, targets, seed, pace: checkPace, durationMs: checkMs, interrupted });
    report(result);
  } finally {
    await workstation.close();
  }
}

function report({ differences, ...counts }: CheckResult): void {
  for (const difference of differences.slice(0, shownDifferences)) say(difference);
  if (differences.length > shownDifferences) say(`${differences.length - shownDifferences} more differences are not listed.`);
  if (differences.length > 0) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify(counts)}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
