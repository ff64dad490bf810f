/**
 * Starts Stenograph from a clone: installs what is missing, finds a Node that is new enough, builds the user interface
 * where a command shows it, then runs `proxy/main.ts` with the arguments given. Everything that set-up says goes to
 * standard error, and it says nothing where there is nothing to do: standard output belongs to the command.
 * Runs on any Node from 20 on, before any dependency is there.
 */
import { spawn } from "node:child_process";
import module from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installDependencies } from "./dependencies.mjs";
import { findNode24 } from "./node24.mjs";
import { buildRenderer, rendererIsStale, showsPage } from "./renderer-build.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
const start = fileURLToPath(import.meta.url);
const main = join(root, "proxy", "main.ts");
const args = process.argv.slice(2);

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}

/**
 * Hands over to another Node, which runs this file again; signals and the exit code pass through.
 * @param {string} node
 */
function handOver(node) {
  const child = spawn(node, [start, ...args], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // A terminal's interrupt reaches the child by itself; a second one would mean "at once".
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}.`));
  child.on("exit", (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else {
      process.exitCode = code ?? 1;
    }
  });
}

const notInstalled = installDependencies(root);
if (notInstalled !== null) fail(notInstalled);

const runtime = findNode24(root);
if ("failure" in runtime) fail(runtime.failure);
else if (Number.parseInt(process.versions.node, 10) < 24) handOver(runtime.node);
else {
  if (showsPage(args) && rendererIsStale(root)) {
    console.error("Building the user interface.");
    const notBuilt = buildRenderer(root);
    if (notBuilt !== null) fail(notBuilt);
  }
  // Half of what a short command costs is reading the program.
  module.enableCompileCache(join(root, "node_modules", ".cache", "compile"));
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
}
