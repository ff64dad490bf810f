// `npm test`: everything. `npm run check`: what needs no servers. This file is plain JavaScript for the system's own
// Node (20 or newer) on a fresh clone; it brings the dependencies and hands over to test/support/runner under Node 24.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDependencies } from "../proxy/setup/dependencies.mjs";
import { environmentWith, findNode24 } from "../proxy/setup/node24.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} sentence */
function giveUp(sentence) {
  console.error(sentence);
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const failure = installDependencies(root);
if (failure !== null) giveUp(failure);
const found = findNode24(root);
if ("failure" in found) giveUp(found.failure);

const child = spawn(found.node, [join(root, "test", "support", "runner", "main.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: environmentWith(root, found.node),
});
// The terminal sends an interrupt to both; the runner stops its stages and this process reports how it ended.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => giveUp(`The test runner did not start: ${error.message}`));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
