import fs from "node:fs";
import { type Command, Option } from "commander";
import { noTrust, readTrust, type Trust } from "../evidence/verify/trust.ts";
import { type Verdict, verifyBundle } from "../evidence/verify/verify-bundle.ts";
import { looksLikeZip } from "../evidence/verify/zip-end.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { withDecrypted } from "./age-identity.ts";
import { say, writeLine } from "./output.ts";
import { verdictLines } from "./verdict-lines.ts";

interface VerifyArguments {
  readonly json?: true;
  readonly trust?: string;
  readonly identity?: string;
}

/** Exit codes: the bundle proves nothing; it could not be read as a bundle at all. */
const invalid = 1;
const unreadable = 2;

/** `verify`: what a bundle proves. Needs no data directory and no network. */
export function register(program: Command): void {
  program
    .command("verify")
    .description("verify an evidence bundle: exit code 0 if it is valid, 1 if not, 2 if it is no bundle")
    .argument("<file>", "the bundle")
    .option("--json", "the verdict as one JSON object")
    .option("--trust <file>", "keys and checkpoints that you trust, as JSON")
    .addOption(new Option("--identity <file>", "an age identity file, for a bundle that is encrypted"))
    .action(verify);
}

async function verify(file: string, { json, trust, identity }: VerifyArguments): Promise<void> {
  try {
    const trusted = trust === undefined ? noTrust : readTrust(trust);
    const verdict = await withDecrypted(file, identity ?? null, (plain) => verdictOn(plain, file, trusted));
    if (json === true) await writeLine(JSON.stringify(verdict));
    else for (const line of verdictLines(verdict)) await writeLine(line);
    if (verdict.verdict === "INVALID") process.exitCode = invalid;
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (json === true) await writeLine(JSON.stringify({ verdict: null, code, message }));
    say(message);
    process.exitCode = unreadable;
  }
}

async function verdictOn(file: string, shown: string, trust: Trust): Promise<Verdict> {
  const fd = opened(file, shown);
  try {
    if (!looksLikeZip(fd)) throw new FailureError("no-bundle", `${shown} is not an evidence bundle: it is no ZIP file.`);
    return await verifyBundle(fd, { trust, progress: shownProgress() });
  } finally {
    fs.closeSync(fd);
    endProgress();
  }
}

function opened(file: string, shown: string): number {
  try {
    const fd = fs.openSync(file, "r");
    if (fs.fstatSync(fd).isFile()) return fd;
    fs.closeSync(fd);
  } catch (cause) {
    throw new FailureError("no-bundle", `${shown} cannot be read: ${failureOf(cause).message}.`, { cause });
  }
  throw new FailureError("no-bundle", `${shown} is not a file.`);
}

/** Says on a terminal how far it is, at most ten times a second. */
function shownProgress(): (done: number, total: number) => void {
  let next = performance.now() + 500;
  return (done, total) => {
    if (!process.stderr.isTTY || total === 0 || performance.now() < next) return;
    next = performance.now() + 100;
    process.stderr.write(`\rVerifying ${Math.floor((done / total) * 100)} %`);
  };
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}
