import { readdirSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { clientIsThere, runSysbench } from "../support/clients.ts";
import { startMariadb } from "../support/servers.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { type Contestant, direct, findHaproxy, haproxy, stenograph } from "./contestants.ts";
import type { BenchOptions } from "./options.ts";
import { relayMeasures, type Sample, tableOptions } from "./relay-measures.ts";
import { relayTable, reportOf, type Series } from "./relay-report.ts";

export interface BenchResult {
  readonly table: string;
  readonly json: object;
}

/** Measures the same through a direct connection, HAProxy and the proxy, in turns, against a private MariaDB. */
export async function benchRelay(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  if (!clientIsThere("sysbench")) throw new Error("sysbench is not on this machine, and it is what measures: apt-get install sysbench");
  await using cleanup = new AsyncDisposableStack();
  using data = temporaryDirectory();
  const server = await startMariadb(["--innodb-buffer-pool-size=512M"]);
  cleanup.defer(() => server.stop());

  const haproxyProgram = findHaproxy();
  if (haproxyProgram === null) say("HAProxy is not on this machine, so it is not compared: apt-get install haproxy\n");
  const contestants = [direct(server.address)];
  if (haproxyProgram !== null) contestants.push(await haproxy(haproxyProgram, server.address));
  contestants.push(await stenograph(server.address, data.path));
  const stops = contestants.map((contestant) => {
    let stopped: Promise<void> | undefined;
    return () => (stopped ??= contestant.stop());
  });
  for (const stop of stops) cleanup.defer(stop);

  const prepared = await runSysbench(direct(server.address).target, "oltp_read_write", "prepare", tableOptions);
  if (prepared.exitCode !== 0) throw new Error(`sysbench could not fill its table.\n${prepared.stdout}\n${prepared.stderr}`);
  const series = await measureInTurns(contestants, options, say);
  // The proxy has ended in order, so what it recorded is all on disk.
  for (const stop of stops) await stop();

  const measures = reportOf(series);
  const json = {
    bench: "relay",
    cpus: cpus().length,
    server: server.address.version,
    node: process.version,
    seconds: options.seconds,
    rounds: options.rounds,
    recordedBytes: sizeOf(data.path),
    measures,
  };
  return { table: relayTable(measures), json };
}

/** Each round measures everything once through everyone, and begins with another contestant than the one before. */
async function measureInTurns(contestants: readonly Contestant[], options: BenchOptions, say: (text: string) => void): Promise<Series[]> {
  const series = relayMeasures(options).flatMap((measure) =>
    contestants.map((contestant) => ({
      measure,
      contestant: contestant.name,
      rest: contestant.rest,
      target: contestant.target,
      samples: [] as Sample[],
    })),
  );
  for (let round = 0; round < options.rounds; round++) {
    for (const measure of new Set(series.map((one) => one.measure))) {
      const own = series.filter((one) => one.measure === measure);
      const first = round % own.length;
      for (const one of [...own.slice(first), ...own.slice(0, first)]) {
        const sample = await measure.run(one.target);
        one.samples.push(sample);
        await one.rest();
        say(`round ${round + 1}  ${measure.name}  ${one.contestant}: ${sample.rate.toFixed(0)} ${measure.unit}\n`);
      }
    }
  }
  return series;
}

/** Bytes of all files in a folder and its folders. */
function sizeOf(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
