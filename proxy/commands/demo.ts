import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { whenAskedToEnd } from "../asked-to-end.ts";
import { makeDirectory } from "../compose.ts";
import { demoAddress } from "../demo/demo-address.ts";
import { openDemo } from "../demo/open-demo.ts";
import { demoSeed } from "../demo/running-workload.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { recordingsDirectory } from "../recording/recording-files.ts";
import { dataOption } from "./data-option.ts";
import { checkDemo } from "./demo-check.ts";
import { showDemo } from "./demo-show.ts";
import { parsePort } from "./serve.ts";

interface DemoOptions {
  readonly data?: string;
  readonly upstream?: string;
  readonly port?: number;
  readonly open: boolean;
  readonly check?: true;
}

const trainingThread = new URL("../training-thread.ts", import.meta.url);

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
      await makeDirectory(dataDirectory);
      const opened = await openDemo({ dataDirectory, upstream, seed: demoSeed, trainingThread, interrupted });
      try {
        if (options.check) await checkDemo(opened, interrupted);
        else await showDemo(opened, options);
      } finally {
        await opened[Symbol.asyncDispose]();
      }
    });
  } catch (thrown) {
    say(failureOf(thrown).message);
    process.exitCode = thrown instanceof FailureError && thrown.code === "usage" ? 2 : 1;
  }
}

/**
 * Aborts when the demo is first asked to end, from the very start: what was made in a real server must be removed however
 * early that comes.
 */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  whenAskedToEnd(() => interrupted.abort());
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

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
