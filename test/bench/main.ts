/** The benchmarks, started by test/bench/run.mjs once the dependencies and Node 24 are there. */
import { writeFileSync } from "node:fs";
import { benchEvidence } from "./evidence-bench.ts";
import { benchLibrary } from "./library-bench.ts";
import { type BenchName, type BenchOptions, parseOptions, usage } from "./options.ts";
import { type BenchResult, benchRelay } from "./relay-bench.ts";
import { benchScroll } from "./scroll-bench.ts";

const benchOf: { readonly [name in BenchName]: (options: BenchOptions, say: (text: string) => void) => Promise<BenchResult> } = {
  relay: benchRelay,
  library: benchLibrary,
  scroll: benchScroll,
  evidence: benchEvidence,
};

const args = process.argv.slice(2);
if (args.includes("--help")) {
  process.stdout.write(usage);
  process.exit(0);
}
const options = parseOptions(args);
if ("wrong" in options) {
  process.stderr.write(`${options.wrong}\n${usage}`);
  process.exit(2);
}

// Servers and proxies are children that end with this process; an interrupt must run their exit handlers.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

try {
  const bench = benchOf[options.bench];
  const { table, json } = await bench(options, (text) => process.stderr.write(text));
  const line = JSON.stringify(json);
  if (options.json !== null) writeFileSync(options.json, `${line}\n`);
  process.stdout.write(`\n${table}\n${line}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
