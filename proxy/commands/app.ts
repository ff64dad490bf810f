import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { defaultDataDirectory } from "../config.ts";
import { failureOf } from "../model/failure.ts";
import { serveBrowsers } from "../serve-browsers.ts";
import { electronBinary } from "../setup/electron-binary.ts";

/** Ends that come from the machine (libraries or a sandbox that Electron lacks), not from this program. */
const cannotRun = { code: 127, signals: new Set(["SIGTRAP", "SIGABRT", "SIGSEGV", "SIGILL"]) };

/** `app`: the desktop application, or the browser host where Electron's binary cannot be had. */
export function register(program: Command): void {
  program
    .command("app")
    .description("open the workstation")
    .option("--data <directory>", "directory of the recordings, the library and the settings", defaultDataDirectory())
    .action((options: { readonly data: string }) => openApp(resolve(options.data)));
}

async function openApp(dataDirectory: string): Promise<void> {
  const electron = await electronBinary();
  const missing = "path" in electron ? await runDesktop(electron.path, dataDirectory) : electron.missing;
  if (missing === null) return;
  process.stderr.write(`${missing}, so the workstation is served to your browser instead.\n`);
  try {
    await serveBrowsers({ dataDirectory, port: 0, openBrowser: true, demo: false });
  } catch (cause) {
    process.stderr.write(`${failureOf(cause).message}\n`);
    process.exitCode = 1;
  }
}

/** Runs the desktop until it ends. Resolves to why it cannot run on this machine, or to `null` after it ran. */
function runDesktop(binary: string, dataDirectory: string): Promise<string | null> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { promise, resolve: done } = Promise.withResolvers<string | null>();
  const child = spawn(binary, [root, "--data", dataDirectory], { stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", pass);
  process.on("SIGTERM", pass);
  const end = (missing: string | null) => {
    process.off("SIGINT", pass);
    process.off("SIGTERM", pass);
    done(missing);
  };
  child.once("error", (error) => end(`Electron could not be started (${error.message})`));
  child.once("exit", (code, signal) => {
    if (code === cannotRun.code || (signal !== null && cannotRun.signals.has(signal))) {
      end(`Electron does not run on this machine (it ended with ${signal ?? `exit code ${code}`})`);
    } else {
      process.exitCode = code ?? 1;
      end(null);
    }
  });
  return promise;
}
