import { spawn } from "node:child_process";
import { once } from "node:events";
import { runSysbench, type Target } from "../support/clients.ts";
import type { BenchOptions } from "./options.ts";
import { readSysbenchReport } from "./sysbench-report.ts";

/** One number of one run, with what belongs to it. `rate`: more is better, whatever its unit. */
export interface Sample {
  readonly rate: number;
  readonly p95Ms: number | null;
}

/** Something that is measured through each contestant in turn. */
export interface Measure {
  readonly name: string;
  readonly unit: "queries/s" | "MB/s";
  run(target: Target): Promise<Sample>;
}

/** The table that sysbench reads and writes. */
export const tableOptions = ["--tables=1", "--table-size=100000"];

/** Queries a second of one of sysbench's scripts. */
export function sysbenchMeasure(script: string, threads: number, seconds: number): Measure {
  const args = [...tableOptions, `--threads=${threads}`, `--time=${seconds}`, "--events=0", "--rand-type=uniform", "--percentile=95"];
  return {
    name: `${script.replace("oltp_", "").replaceAll("_", "-")} ×${threads}`,
    unit: "queries/s",
    run: async (target) => {
      const run = await runSysbench(target, script, "run", args, { timeoutMs: (seconds + 60) * 1000 });
      if (run.exitCode !== 0) throw new Error(`sysbench ${script} failed.\n${run.stdout}\n${run.stderr}`);
      const { queriesPerSecond, p95Ms } = readSysbenchReport(run.stdout);
      return { rate: queriesPerSecond, p95Ms };
    },
  };
}

/** One result of `rows` rows of 1,000 bytes, read by an unmodified client that does not keep it. */
function streamedResult(rows: number): Measure {
  return {
    name: `streamed result of ${Math.round(rows / 1000)} MB`,
    unit: "MB/s",
    run: async (target) => {
      const sql = `SELECT REPEAT('0123456789', 100) FROM seq_1_to_${rows}`;
      const address = ["--no-defaults", "--protocol=tcp", `--host=${target.host}`, `--port=${target.port}`, `--user=${target.user}`];
      const startedAt = performance.now();
      const client = spawn("mariadb", [...address, "--quick", "--batch", "--skip-column-names", "-e", sql, "test"], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, MYSQL_PWD: target.password },
        timeout: 300_000,
      });
      const [exitCode] = (await once(client, "exit")) as [number | null];
      if (exitCode !== 0) throw new Error(`The streamed result failed: mariadb ended with ${exitCode}.`);
      return { rate: rows / 1000 / ((performance.now() - startedAt) / 1000), p95Ms: null };
    },
  };
}

/** Everything that the relay's benchmark measures. */
export function relayMeasures({ seconds, streamRows }: BenchOptions): Measure[] {
  const pointSelects = [1, 8, 32].map((threads) => sysbenchMeasure("oltp_point_select", threads, seconds));
  return [...pointSelects, sysbenchMeasure("oltp_read_write", 8, seconds), streamedResult(streamRows)];
}
