import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { whenAskedToEnd } from "../asked-to-end.ts";
import type { RunningEvidence } from "../compose-evidence.ts";
import { exportBundle } from "../evidence/bundle/export-bundle.ts";
import { refuseExisting } from "../evidence/bundle/export-folder.ts";
import type { ExportProgress, ExportRequest, ExportResult } from "../evidence/bundle/export-request.ts";
import { previewWithholding } from "../evidence/bundle/preview.ts";
import { parseWithholdingRule, type WithholdingRule } from "../evidence/bundle/withholding-rules.ts";
import { osUserActor } from "../identity/os-user.ts";
import { signInRecordPath } from "../identity/sign-in-record.ts";
import { FailureError, failureOf } from "../model/failure.ts";
import { nowNs } from "../recording/clock.ts";
import { openCommandEvidence } from "./command-evidence.ts";
import { dataOption } from "./data-option.ts";
import { complain, counted, existingDataDirectory, writeLine } from "./output.ts";
import { sealedSources } from "./sealed-sources.ts";

interface ExportArguments {
  readonly data: string;
  readonly out?: string;
  readonly preview?: true;
  readonly withhold: readonly WithholdingRule[];
  readonly reason?: string;
  readonly recipient: readonly string[];
  readonly timestamp?: string;
  readonly json?: true;
}

/** Failures of what was asked for, as those of a wrong option. */
const usage = new Set(["withholding-rule", "recipient", "no-session", "session-twice", "file-exists"]);
const usageError = 2;

const help = `
What can be withheld (each leaves proof that it was there):
  column:[SCHEMA.]TABLE.COLUMN   what comes from a column; statements that name the table lose their literals too
  statement:SESSION/NUMBER       all that a statement said and got
  literal:TEXT                   whatever holds a text; write literals to a file and give @FILE, so that no list of processes shows them
  results, literals              all rows, all values in statements
  @FILE                          the rules in a file, one a line

It exits with 0 when the file is there, with 2 where what was asked for cannot be, with 1 where it failed.

Example:
  stenograph export --data ~/stenograph 01990000-0000-7000-8000-000000000001 --out case-17.zip --withhold column:orders.card_number`;

/** `export`: sessions in one signed file, with all that an auditor needs to verify it. */
export function register(program: Command): void {
  program
    .command("export")
    .description("export sessions as a signed evidence bundle, which “verify” checks without this data directory")
    .argument("<sessions...>", "ids of sessions that have ended")
    .addOption(dataOption("the recordings").makeOptionMandatory())
    .option("--out <file>", "the file to make; none is overwritten")
    .option("--preview", "only tell what would be withheld, and what of it the rules cannot find")
    .option("--withhold <rule>", "leave something out; may be given several times", addRules, [])
    .option("--reason <text>", "why it is withheld, for the record in the bundle")
    .option("--recipient <age1...>", "encrypt the bundle to a recipient of age; may be given several times", addText, [])
    .option("--timestamp <url>", "have an RFC 3161 authority put a time on the signature")
    .option("--json", "what was exported as one JSON object")
    .addHelpText("after", help)
    .action((sessions: readonly string[], options: ExportArguments, command: Command) => {
      const { out, preview } = options;
      if ((out === undefined) === (preview === undefined)) command.error("error: give either --out FILE, or --preview.");
      return exportSessions(sessions, options, out === undefined ? null : resolve(out));
    });
}

/** `out`: the file to make; `null` where only a preview is wanted. */
async function exportSessions(sessions: readonly string[], options: ExportArguments, out: string | null): Promise<void> {
  if (!existingDataDirectory(options.data)) return;
  const cancelled = new AbortController();
  whenAskedToEnd(() => cancelled.abort());
  const { signal } = cancelled;
  try {
    if (out !== null) refuseExisting(out);
    const evidence = await openCommandEvidence(options.data);
    try {
      const sources = await sealedSources(options.data, sessions, evidence, signal);
      if (out === null) await preview(sources, options, signal);
      else await tell(await run(sources, out, options, evidence, signal), options);
    } finally {
      await evidence.close();
    }
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    complain(signal.aborted ? "The export was cancelled. Nothing was written." : message);
    if (usage.has(code)) process.exitCode = usageError;
  }
}

async function preview(sources: ExportRequest["sources"], { withhold, json }: ExportArguments, signal: AbortSignal): Promise<void> {
  const found = await withProgress((progress) => previewWithholding(sources, withhold, { signal, progress }));
  if (json === true) {
    await writeLine(JSON.stringify({ event: "previewed", ...found }));
    return;
  }
  for (const { session, ...counts } of found.sessions) {
    const { parts, events, sql, parameters, cells, other } = counts;
    const of = `${sql} of SQL, ${parameters} parameters, ${cells} columns of rows, ${other} others`;
    await writeLine(`${session}  ${counted(parts, "part")} of ${counted(events, "event")}: ${of}`);
  }
  for (const limit of found.limits) await writeLine(limit);
}

async function run(
  sources: ExportRequest["sources"],
  out: string,
  options: ExportArguments,
  evidence: RunningEvidence,
  signal: AbortSignal,
): Promise<ExportResult> {
  const { data, withhold, reason, recipient, timestamp } = options;
  const request: ExportRequest = {
    sources,
    out,
    exporter: osUserActor(),
    rules: withhold,
    reason: reason ?? null,
    recipients: recipient,
    timestampUrl: timestamp ?? null,
  };
  const tools = {
    dataDirectory: data,
    device: evidence.key,
    identity: null,
    enter: (body: Parameters<RunningEvidence["log"]["enter"]>[0]) => evidence.log.enter(body),
    signInRecordPath: (signIn: string) => signInRecordPath(data, signIn),
    now: () => Number(nowNs() / 1000n),
  };
  return withProgress((progress) => exportBundle(request, tools, { signal, progress }));
}

/** Does something that tells how far it is, and takes that off the terminal in the end. */
async function withProgress<T>(run: (progress: (progress: ExportProgress) => void) => Promise<T>): Promise<T> {
  try {
    return await run(shownProgress());
  } finally {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}

/** Says on a terminal how far it is, at most ten times a second. */
function shownProgress(): (progress: ExportProgress) => void {
  let next = performance.now() + 500;
  const names = { looking: "Looking for what is withheld", writing: "Exporting", encrypting: "Encrypting" } as const;
  return ({ phase, doneBytes, totalBytes }) => {
    if (!process.stderr.isTTY || totalBytes === 0 || performance.now() < next) return;
    next = performance.now() + 100;
    const percent = phase === "encrypting" ? "" : ` ${Math.floor((doneBytes / totalBytes) * 100)} %`;
    process.stderr.write(`\r\u001b[K${names[phase]}${percent}`);
  };
}

async function tell(result: ExportResult, { json, withhold }: ExportArguments): Promise<void> {
  if (json === true) {
    await writeLine(JSON.stringify({ event: "exported", ...result }));
    return;
  }
  const { file, bytes, sessions, withheld, encrypted, manifestSha256 } = result;
  await writeLine(`Exported ${counted(sessions.length, "session")} to ${file} (${bytes} bytes${encrypted ? ", encrypted" : ""})`);
  await writeLine(`Manifest ${manifestSha256}`);
  if (withhold.length > 0) await writeLine(`Withheld ${counted(withheld.parts, "part")} of ${counted(withheld.events, "event")}`);
}

function addRules(text: string, before: readonly WithholdingRule[]): readonly WithholdingRule[] {
  try {
    return [...before, ...rulesIn(text).map(parseWithholdingRule)];
  } catch (thrown) {
    throw new InvalidArgumentError(failureOf(thrown).message);
  }
}

/** One rule, or those in a file. */
function rulesIn(text: string): string[] {
  if (!text.startsWith("@")) return [text];
  try {
    return readFileSync(text.slice(1), "utf8")
      .split(/\r?\n/)
      .filter((line) => line !== "");
  } catch (cause) {
    throw new FailureError("withholding-rule", `The rules in ${text.slice(1)} cannot be read: ${failureOf(cause).message}.`, { cause });
  }
}

function addText(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
