/**
 * A process between a test run and one server: it ends the server and removes its directory as soon as its standard input
 * closes, which the operating system does even when the run is killed. Usage: server-guard.ts DIRECTORY PROGRAM [ARGUMENT…]
 */
import { spawn } from "node:child_process";
import { openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guardPidFile, serverPidFile } from "./server-directory.ts";

const [directory, program, ...args] = process.argv.slice(2);
if (directory === undefined || program === undefined) {
  process.stderr.write("usage: server-guard.ts DIRECTORY PROGRAM [ARGUMENT…]\n");
  process.exit(2);
}

writeFileSync(join(directory, guardPidFile), String(process.pid));
const output = openSync(join(directory, "output.log"), "a");
const server = spawn(program, args, { cwd: directory, stdio: ["ignore", output, output] });
if (server.pid !== undefined) writeFileSync(join(directory, serverPidFile), String(server.pid));

let ending = false;
function end(): void {
  ending = true;
  // What the server holds is thrown away with it: nothing is gained by an orderly shutdown.
  if (!server.kill("SIGKILL")) process.exit(0);
}

process.stdin.on("end", end).on("error", end).resume();
// The terminal's interrupt reaches this process too; the run decides when its servers end.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("SIGTERM", end);

server.on("error", (error) => {
  writeFileSync(output, `${program} did not start: ${error.message}\n`);
  process.exit(1);
});
server.on("exit", () => {
  // A server that ended by itself leaves its logs for the run to quote.
  if (ending) rmSync(directory, { recursive: true, force: true });
  process.exit(ending ? 0 : 1);
});
