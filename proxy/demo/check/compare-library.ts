/** All that the library shows against all that the workload's clients received, through the calls that the user interface uses. */

import type { Cell, SessionListed } from "../../api/contract.ts";
import type { CallHandlers } from "../../api/handler.ts";
import { failureOf } from "../../model/failure.ts";
import type { SessionLedger } from "../workload/ledger.ts";
import { compareActor } from "./compare-actor.ts";
import { compareStatement } from "./compare-statement.ts";

/** The calls that are needed to look at everything. */
export type LibraryCalls = Pick<CallHandlers, "sessions.list" | "statements.page" | "statements.get" | "statements.rows">;

/** How many sessions each kind of actor ran. */
export type ActorCounts = { readonly [Kind in SessionListed["actor"]["kind"]]: number };

export interface Comparison {
  readonly sessions: number;
  readonly statements: number;
  readonly errors: number;
  readonly actors: ActorCounts;
  /** One sentence for each difference. */
  readonly differences: readonly string[];
}

/** Rows asked for at once. */
const page = 1000;

/** Compares every session that started at or after `since` (microseconds since the Unix epoch) with the ledgers. */
export async function compareLibrary(calls: LibraryCalls, ledgers: readonly SessionLedger[], since: number): Promise<Comparison> {
  const sessions = await sessionsSince(calls, since);
  const differences: string[] = [];
  if (sessions.length !== ledgers.length) {
    differences.push(`The library shows ${sessions.length} sessions where the clients had ${ledgers.length}.`);
  }
  for (const ledger of ledgers) {
    const session = sessions.find((candidate) => candidate.threadId === ledger.threadId);
    if (session === undefined) differences.push(`The session of the ${ledger.client} (thread ${ledger.threadId}) is not in the library.`);
    else differences.push(...(await compareSession(calls, session, ledger)));
  }
  const statements = sum(sessions.map((session) => session.statements));
  const listed = (await Promise.all(sessions.map((session) => totalOf(calls, session)))).reduce((total, one) => total + one, 0);
  if (listed !== statements) differences.push(`The timeline lists ${listed} statements where the sessions count ${statements}.`);
  const errors = sum(sessions.map((session) => session.errors));
  return { sessions: sessions.length, statements, errors, actors: countActors(sessions), differences };
}

/** Sessions that started at or after `since`, newest first. */
export async function sessionsSince(calls: Pick<LibraryCalls, "sessions.list">, since: number): Promise<SessionListed[]> {
  const found: SessionListed[] = [];
  for (let before: number | undefined; ; ) {
    const { sessions, more } = await calls["sessions.list"]({ limit: page, ...(before === undefined ? {} : { beforeStartedAt: before }) });
    found.push(...sessions.filter((session) => session.startedAt >= since));
    before = sessions.at(-1)?.startedAt;
    if (!more || before === undefined || before < since) return found;
  }
}

async function compareSession(calls: LibraryCalls, session: SessionListed, ledger: SessionLedger): Promise<string[]> {
  const differences = compareActor(session.actor, ledger.actor).map((what) => `Session ${session.id} of the ${ledger.client}: ${what}.`);
  const say = (seq: number, what: string) => differences.push(`Session ${session.id} of the ${ledger.client}, statement ${seq}: ${what}.`);
  if (session.statements !== ledger.entries.length) {
    differences.push(
      `Session ${session.id} shows ${session.statements} statements where the ${ledger.client} sent ${ledger.entries.length}.`,
    );
  }
  for (const [index, entry] of ledger.entries.entries()) {
    const seq = index + 1;
    try {
      const shown = await calls["statements.get"]({ session: session.id, seq });
      for (const what of await compareStatement(shown, entry, (result) => rowsOf(calls, session.id, seq, result))) say(seq, what);
    } catch (thrown) {
      say(seq, `it cannot be shown (${failureOf(thrown).message})`);
    }
  }
  return differences;
}

async function rowsOf(calls: LibraryCalls, session: string, seq: number, result: number): Promise<Cell[][]> {
  const found: Cell[][] = [];
  for (;;) {
    const { rows, more } = await calls["statements.rows"]({ session, seq, result, from: found.length, limit: page, cellLimit: 0 });
    found.push(...rows);
    if (!more || rows.length === 0) return found;
  }
}

async function totalOf(calls: LibraryCalls, session: SessionListed): Promise<number> {
  const { total } = await calls["statements.page"]({ filter: `session:${session.id}`, offset: 0, limit: 1 });
  return total;
}

function countActors(sessions: readonly SessionListed[]): ActorCounts {
  const count = (kind: keyof ActorCounts) => sessions.filter(({ actor }) => actor.kind === kind).length;
  return { person: count("person"), machine: count("machine"), "os-user": count("os-user") };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
