import type { Command } from "commander";
import type { Actor } from "../model/actor.ts";
import { failureOf } from "../model/failure.ts";
import type { Session } from "../model/session.ts";
import { isoMicros } from "../model/value.ts";
import { listRecordings } from "../recording/recording-files.ts";
import { summariseRecording } from "../recording/session-summary.ts";
import { dataOption } from "./data-option.ts";
import { complain, counted, existingDataDirectory, say, writeLine } from "./output.ts";
import { isMisnamed, problemOf } from "./recording-problem.ts";

/** `sessions`: what was recorded, read from the recordings themselves. */
export function register(program: Command): void {
  program
    .command("sessions")
    .description("list recorded sessions, oldest first")
    .addOption(dataOption("the recordings").makeOptionMandatory())
    .option("--json", "one JSON object a line")
    .action((options: { readonly data: string; readonly json?: true }) => sessions(options.data, options.json === true));
}

async function sessions(dataDirectory: string, json: boolean): Promise<void> {
  if (!existingDataDirectory(dataDirectory)) return;
  let found = false;
  for (const file of listRecordings(dataDirectory)) {
    found = true;
    try {
      const { session, ...rest } = summariseRecording(file.path);
      const problem = problemOf(file, { session: session?.id ?? null, ...rest });
      if (problem !== null) complain(problem);
      if (session === null || isMisnamed(file, session.id)) continue;
      await writeLine(json ? JSON.stringify(asJson(session)) : asText(session));
    } catch (thrown) {
      complain(`${file.path} cannot be read: ${failureOf(thrown).message}.`);
    }
  }
  if (!found && !json) say(`No session is recorded in ${dataDirectory}.`);
}

function asJson(session: Session): object {
  const { startedAt, endedAt, ...rest } = session;
  return {
    id: rest.id,
    connection: rest.connection,
    actor: rest.actor,
    account: rest.account,
    accounts: rest.accounts,
    client: rest.client,
    credential: rest.credential,
    process: rest.process,
    startedAt: isoMicros(startedAt),
    endedAt: endedAt === null ? null : isoMicros(endedAt),
    closeCause: rest.closeCause,
    closeDetail: rest.closeDetail,
    statements: rest.statements,
    errors: rest.errors,
    upstreamAddress: rest.upstreamAddress,
    upstreamVersion: rest.upstreamVersion,
    threadId: rest.threadId,
    schema: rest.schema,
    tls: rest.tls,
    claimed: rest.claimed,
    sealed: rest.sealed,
  };
}

function asText(session: Session): string {
  const { id, startedAt, endedAt, connection, actor, account, client, statements, errors, closeCause } = session;
  const ended = endedAt === null ? "open" : `${((endedAt - startedAt) / 1e6).toFixed(3)} s, ${closeCause}`;
  const who = whoRan(actor);
  return `${id}  ${isoMicros(startedAt)}  ${connection}  ${who}  ${account ?? "-"} from ${client}  ${counted(statements, "statement")}, ${counted(errors, "error")}  ${ended}`;
}

function whoRan(actor: Actor): string {
  switch (actor.kind) {
    case "os-user":
      return `${actor.name} (not authenticated)`;
    case "person":
      return actor.name;
    case "machine":
      return `${actor.name} (machine of ${actor.owner})`;
    default:
      return actor satisfies never;
  }
}
