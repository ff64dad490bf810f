import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Ends that come from the machine (libraries or a sandbox that Electron lacks), not from this program. */
const cannotRun = { code: 127, signals: new Set(["SIGTRAP", "SIGABRT", "SIGSEGV", "SIGILL"]) };

/**
 * Runs the desktop until it ends, and passes its exit code on. Resolves to why it cannot run on this machine, or to
 * `null` after it ran.
 */
export function runDesktop(binary: string, dataDirectory: string, env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { promise, resolve: done } = Promise.withResolvers<string | null>();
  const child = spawn(binary, [root, "--data", dataDirectory], { stdio: "inherit", env });
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
