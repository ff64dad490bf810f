// Plain JavaScript for the system's own Node (20 or newer) on a fresh clone: what `npm test` and `npm run bench` begin with.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDependencies } from "../../proxy/setup/dependencies.mjs";
import { environmentWith, findNode24 } from "../../proxy/setup/node24.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Brings the dependencies, then runs a program of this repository under Node 24 with this process's arguments and ends
 * as it ends. Where that cannot be, says why on standard error, prints `lastLine` and ends with exit code 1.
 * @param {string} program path from the repository's folder
 * @param {string} [lastLine]
 */
export function handOver(program, lastLine) {
  /** @param {string} sentence */
  const giveUp = (sentence) => {
    console.error(sentence);
    if (lastLine !== undefined) console.log(lastLine);
    process.exit(1);
  };
  const failure = installDependencies(root);
  if (failure !== null) return giveUp(failure);
  const found = findNode24(root);
  if ("failure" in found) return giveUp(found.failure);

  const child = spawn(found.node, [join(root, program), ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
    // The program is started hundreds of times, and half of what that costs is reading it.
    env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile"), ...environmentWith(root, found.node) },
  });
  // The child decides how to stop; this process reports how it ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => giveUp(`${program} did not start: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
