import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { listRecordings } from "../../proxy/recording/recording-files.ts";
import { EvidenceWorkstation } from "../support/evidence/evidence-workstation.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import type { BenchOptions } from "./options.ts";
import type { BenchResult } from "./relay-bench.ts";
import { appendResult, type MadeResult, writeSyntheticRecordings } from "./synthetic-recordings.ts";
import { table } from "./table.ts";

/** Statements in the recordings of short statements. */
const statements = 100_000;

/** Texts of this many characters are the wide cells. */
const wideCell = 4000;

/** What a process of its own says of what it did: seconds by the clock and of the processor, and the memory that it took at most. */
export interface Measured {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly mebibytes: number;
  readonly verdict?: string;
}

interface Sealed extends Measured {
  readonly what: string;
  readonly megabytes: number;
  readonly cells: number | null;
}

/** Measures how fast recordings are sealed, and how fast a bundle of many rows is verified, each in a process of its own. */
export async function benchEvidence(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  using data = temporaryDirectory();
  const narrow: MadeResult = { rows: options.rows, columns: 5, cell: (row, column) => `value ${column} of row ${row}` };
  const filling = "x".repeat(wideCell);
  const wide: MadeResult = { rows: Math.ceil(options.rows / 20), columns: 2, cell: (row) => `${row} ${filling}` };
  const sealing = [
    await sealResult(path.join(data.path, "narrow"), "a result of many rows", narrow, say),
    await sealResult(path.join(data.path, "wide"), "a result of long texts", wide, say),
    await sealStatements(path.join(data.path, "statements"), say),
  ];
  const verification = await verifyExport(path.join(data.path, "export"), narrow, say);
  const json = { bench: "evidence", cpus: cpus().length, node: process.version, sealing: sealing.map(perSecond), verification };
  const verified = `${verification.verdict}: a bundle of ${options.rows} rows (${verification.megabytes.toFixed(0)} MB) verified in ${verification.seconds.toFixed(1)} s, ${verification.mebibytes.toFixed(0)} MiB at most\n`;
  return { table: [sealingTable(sealing), verified].join("\n"), json };
}

async function sealResult(directory: string, what: string, result: MadeResult, say: (text: string) => void): Promise<Sealed> {
  say(`Writing ${what} …\n`);
  await using workstation = new EvidenceWorkstation(directory);
  const session = await workstation.record((recorded, at) => appendResult(recorded.path, at, result));
  // Sealed by the workstation, which is not what is measured.
  const [file] = [...listRecordings(directory)].filter((one) => one.session === session);
  if (file === undefined) throw new Error(`There is no recording of ${session}.`);
  say(`Sealing ${what} …\n`);
  return { what, ...(await measure("seal", directory)), megabytes: file.size / 1e6, cells: result.rows * result.columns };
}

async function sealStatements(directory: string, say: (text: string) => void): Promise<Sealed> {
  const what = `${statements} short statements`;
  say(`Writing ${what} …\n`);
  writeSyntheticRecordings(directory, statements);
  const bytes = [...listRecordings(directory)].reduce((sum, { size }) => sum + size, 0);
  say(`Sealing ${what} …\n`);
  return { what, ...(await measure("seal", directory)), megabytes: bytes / 1e6, cells: null };
}

async function verifyExport(directory: string, result: MadeResult, say: (text: string) => void): Promise<Measured & { megabytes: number }> {
  say(`Exporting ${result.rows} rows …\n`);
  await using workstation = new EvidenceWorkstation(directory);
  const session = await workstation.record((recorded, at) => appendResult(recorded.path, at, result));
  const bundle = path.join(directory, "bundle.zip");
  await workstation.export([session], bundle);
  say("Verifying …\n");
  return { ...(await measure("verify", bundle)), megabytes: fs.statSync(bundle).size / 1e6 };
}

async function measure(what: "seal" | "verify", of: string): Promise<Measured> {
  const program = fileURLToPath(new URL("evidence-measure.ts", import.meta.url));
  const child = spawn(process.execPath, [program, what, of], { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`Measuring how to ${what} failed with exit code ${code}.`);
  return JSON.parse(output) as Measured;
}

function perSecond(of: Sealed) {
  const { processorSeconds, megabytes, cells } = of;
  return { ...of, megabytesPerSecond: megabytes / processorSeconds, cellsPerSecond: cells === null ? null : cells / processorSeconds };
}

function sealingTable(sealing: readonly Sealed[]): string {
  const rows = sealing.map((of) => {
    const { megabytesPerSecond, cellsPerSecond } = perSecond(of);
    const cells = cellsPerSecond === null ? "" : cellsPerSecond.toFixed(0);
    return [of.what, of.megabytes.toFixed(0), of.seconds.toFixed(1), megabytesPerSecond.toFixed(1), cells, of.mebibytes.toFixed(0)];
  });
  return table(["sealing", "MB", "seconds", "MB/s on one core", "cells/s on one core", "MiB at most"], rows);
}
