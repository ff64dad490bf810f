import fs from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { fields } from "../filter/fields.ts";
import { parseFilter } from "../filter/parse-filter.ts";
import { type FilterPredicate, type FilterRow, toPredicate } from "../filter/to-predicate.ts";
import { connectionClaims, statementClaims } from "../library/claims.ts";
import { digestOf } from "../library/digest.ts";
import { failureOf } from "../model/failure.ts";
import type { SessionOpen } from "../model/session.ts";
import type { Parameter, Statement } from "../model/statement.ts";
import { isoMicros, type Value } from "../model/value.ts";
import type { ReadEnd } from "../recording/frame-reader.ts";
import { isSessionId, listRecordings, type RecordingFile, recordingPath } from "../recording/recording-files.ts";
import { RecordingPass } from "../recording/recording-pass.ts";
import type { DecoderSink } from "../recording/session-decoder.ts";
import { dataOption } from "./data-option.ts";
import { complain, counted, existingDataDirectory, say, writeLine, writeText } from "./output.ts";
import { isMisnamed, problemOf } from "./recording-problem.ts";
import { StatementRows } from "./statement-rows.ts";

/** Lines that are decoded before they are written. */
const linesAtOnce = 256;

interface StatementsOptions {
  readonly data: string;
  readonly json?: true;
  readonly rows?: true;
  readonly filter?: FilterPredicate;
}

const typed = fields.map(({ name }) => (name.endsWith(".") ? `${name}NAME:` : `${name}:`)).join(" ");

const help = `
A filter is words that the SQL has, and fields with values: ${typed}
Combine them with "and", "or", "not" and brackets; put what has spaces in quotes.

Examples:
  stenograph statements --data ~/stenograph --filter 'is:failed last:1h'
  stenograph statements --data ~/stenograph --json --rows --filter 'customers rows:>100'`;

/** `statements`: every statement that was recorded, decoded from the recordings themselves. */
export function register(program: Command): void {
  program
    .command("statements")
    .description("list recorded statements in order, with their rows if asked")
    .argument("[session]", "id of one session; all sessions without it")
    .addOption(dataOption("the recordings").makeOptionMandatory())
    .option("--json", "one JSON object a line")
    .option("--rows", "with all rows of all result sets (with --json)")
    .option("--filter <expression>", "only statements that match, e.g. 'is:failed last:1h'", parseExpression)
    .addHelpText("after", help)
    .action((session: string | undefined, options: StatementsOptions, command: Command) => {
      if (options.rows && !options.json) command.error("error: --rows needs --json: rows are printed as JSON only.");
      return statements(session, options);
    });
}

function parseExpression(text: string): FilterPredicate {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new InvalidArgumentError(`At position ${parsed.position + 1}: ${parsed.message}`);
  return toPredicate(parsed.filter, Date.now() * 1000);
}

async function statements(session: string | undefined, options: StatementsOptions): Promise<void> {
  if (!existingDataDirectory(options.data)) return;
  const files = session === undefined ? listRecordings(options.data) : oneRecording(options.data, session);
  let found = session !== undefined;
  for (const file of files) {
    found = true;
    try {
      await printRecording(file, options);
    } catch (thrown) {
      complain(`${file.path} cannot be read: ${failureOf(thrown).message}.`);
    }
  }
  if (!found && !options.json) say(`No session is recorded in ${options.data}.`);
}

function oneRecording(dataDirectory: string, session: string): RecordingFile[] {
  const file = isSessionId(session) ? recordingPath(dataDirectory, session) : null;
  const stat = file === null ? undefined : fs.statSync(file, { throwIfNoEntry: false });
  if (file !== null && stat !== undefined) return [{ session, path: file, size: stat.size }];
  complain(`There is no recording of a session ${session} in ${dataDirectory}.`);
  return [];
}

async function printRecording(file: RecordingFile, options: StatementsOptions): Promise<void> {
  let open: SessionOpen | null = null;
  let malformed: string | null = null;
  let found: Statement[] = [];
  const { rows: wantsRows = false, json = false } = options;
  const sink: DecoderSink = {
    open: (facts) => {
      open = facts;
    },
    malformed: (reason) => {
      malformed ??= reason;
    },
    statement: (statement) => {
      if (open === null || isMisnamed(file, open.session)) return;
      if (options.filter?.(filterRow(open, statement)) === false) return;
      found.push(statement);
    },
  };
  const pass = new RecordingPass(file.path, sink, true);
  const rows = json && wantsRows ? new StatementRows(file.path) : null;
  try {
    let end: ReadEnd | null = null;
    while (end === null) {
      end = pass.read(() => found.length >= linesAtOnce);
      for (const statement of found) {
        if (rows !== null) await writeWithRows(statement, rows);
        else await writeLine(json ? JSON.stringify(asJson(statement)) : asText(statement));
      }
      found = [];
    }
    const session = (open as SessionOpen | null)?.session ?? null;
    const problem = problemOf(file, { session, malformed, end });
    if (problem !== null) complain(problem);
  } finally {
    pass.close();
    rows?.close();
  }
}

/** Writes a statement's line piece by piece: its rows may be more than memory holds. */
async function writeWithRows(statement: Statement, rows: StatementRows): Promise<void> {
  // What cannot be decoded of its rows is known behind them.
  await writeText(`${JSON.stringify(asJson({ ...statement, decodeFailed: null })).slice(0, -1)},"results":`);
  const decodeFailed = await rows.write(statement.seq, writeText);
  await writeLine(`${decodeFailed === null ? "" : `,"decodeFailed":${JSON.stringify(decodeFailed)}`}}`);
}

function filterRow(open: SessionOpen, statement: Statement): FilterRow {
  return {
    session: open.session,
    connection: open.connection,
    actor: open.actor,
    account: statement.account,
    schema: open.schema,
    client: open.client,
    process: open.process?.program ?? null,
    get claims() {
      return [...connectionClaims(open), ...statementClaims(statement)];
    },
    command: statement.command,
    get digest() {
      return statement.sql === null ? null : digestOf(statement.sql).hash;
    },
    sql: statement.sql,
    message: statement.message,
    errno: statement.errno,
    outcome: statement.outcome,
    rows: statement.rows,
    affected: statement.affected,
    bytesIn: statement.bytesIn,
    bytesOut: statement.bytesOut,
    durationUs: statement.durationUs,
    partial: statement.partial,
    at: statement.at,
  };
}

function asJson(statement: Statement): object {
  const claims = statementClaims(statement);
  return {
    session: statement.session,
    seq: statement.seq,
    at: isoMicros(statement.at),
    command: statement.command,
    account: statement.account,
    sql: statement.sql,
    params: statement.params?.map(({ value }) => value) ?? null,
    ...(statement.summary !== null && { summary: statement.summary }),
    ...(statement.infile !== null && { infile: statement.infile }),
    ...(statement.state !== null && { state: statement.state }),
    ...(statement.paramSets !== null && { paramSets: statement.paramSets.map((set) => set.map(parameterValue)) }),
    outcome: statement.outcome,
    rows: statement.rows,
    affected: statement.affected,
    insertId: statement.insertId,
    warnings: statement.warnings,
    errno: statement.errno,
    sqlstate: statement.sqlstate,
    message: statement.message,
    durationUs: statement.durationUs,
    firstByteUs: statement.firstByteUs,
    bytesIn: statement.bytesIn,
    bytesOut: statement.bytesOut,
    partial: statement.partial,
    redacted: statement.redacted,
    ...(statement.attributes.length > 0 && { attributes: statement.attributes }),
    ...(claims.length > 0 && { claimed: claims }),
    ...(statement.decodeFailed !== null && { decodeFailed: statement.decodeFailed }),
  };
}

/** A value, or the word that stands in its place. */
function parameterValue({ value, indicator }: Parameter): Value | { readonly indicator: string } {
  return indicator === undefined ? value : { indicator };
}

function asText(statement: Statement): string {
  const { at, command, sql, summary, outcome, rows, affected, errno, message, durationUs } = statement;
  const took = durationUs === null ? "" : `${(durationUs / 1000).toFixed(3)} ms`;
  const what =
    sql === null
      ? [command, summary].filter((part) => part !== null).join(" ")
      : `${command === "COM_QUERY" ? "" : `${command} `}${sql.replace(/\s+/g, " ")}`;
  const came =
    outcome === "error"
      ? `error ${errno}: ${message}`
      : rows !== null
        ? counted(rows, "row")
        : affected !== null
          ? `${affected} affected`
          : "";
  return [isoMicros(at), outcome.padEnd(7), took.padStart(12), what, came].join("  ");
}
