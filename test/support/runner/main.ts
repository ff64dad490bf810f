/** The test runner, started by test/run.mjs once the dependencies and Node 24 are there. */
import { bringParts } from "../parts/bring-parts.ts";
import { parts } from "../parts/parts.ts";
import { parseOptions, usage } from "./options.ts";
import { runAll } from "./run-all.ts";
import { stages } from "./stages.ts";

const args = process.argv.slice(2);
if (args.includes("--help")) {
  process.stdout.write(usage);
  process.exit(0);
}
const options = parseOptions(
  args,
  process.env,
  stages.map((stage) => stage.name),
);
if ("wrong" in options) {
  process.stderr.write(`${options.wrong}\n${usage}`);
  process.exit(2);
}

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());

process.exitCode = await runAll({
  options,
  stages,
  bringParts: () => bringParts((sentence) => process.stderr.write(`${sentence}\n`)),
  isThere: (part) => parts[part].isThere(),
  write: (text) => process.stdout.write(text),
  signal: stopping.signal,
});
