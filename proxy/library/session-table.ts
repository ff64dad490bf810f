import { programName } from "../filter/text-match.ts";
import type { Actor } from "../model/actor.ts";
import { allSessions, mayRead, type ReadScope } from "../model/read-scope.ts";
import type { CloseCause, Session, SessionClose, SessionOpen } from "../model/session.ts";
import type { UnixMicros } from "../model/value.ts";
import type { LibraryDatabase } from "./schema.ts";
import { scopeCondition } from "./scope-condition.ts";

interface SessionRow {
  id: string;
  connection: string;
  actor_facts: string;
  account: string | null;
  accounts: string;
  schema: string | null;
  client: string;
  credential: string | null;
  process: string | null;
  claimed: string;
  started_at: number;
  ended_at: number | null;
  close_cause: CloseCause | null;
  close_detail: string | null;
  statements: number;
  errors: number;
  upstream_address: string;
  upstream_version: string | null;
  thread_id: number | null;
  tls: string;
  sealed: number;
}

/** The sessions of the library: written by the indexer, read for lists and details. */
export class SessionTable {
  readonly #find;
  readonly #insert;
  readonly #accounts;
  readonly #setAccounts;
  readonly #count;
  readonly #close;
  readonly #seal;
  readonly #get;
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
    this.#find = database.prepare<[string], number>("SELECT key FROM sessions WHERE id = ?").pluck();
    this.#insert = database.prepare(`INSERT INTO sessions
      (id, connection, actor, actor_facts, actor_kind, actor_issuer, actor_subject, actor_email, actor_owner, authenticated,
       account, accounts, schema, client, credential, process, process_path, process_name, claimed, started_at, statements, errors,
       upstream_address, upstream_version, thread_id, tls, sealed)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, 0)`);
    this.#accounts = database.prepare<[number], string>("SELECT accounts FROM sessions WHERE key = ?").pluck();
    this.#setAccounts = database.prepare("UPDATE sessions SET accounts = ? WHERE key = ?");
    this.#count = database.prepare("UPDATE sessions SET statements = statements + ?, errors = errors + ? WHERE key = ?");
    this.#close = database.prepare("UPDATE sessions SET ended_at = ?, close_cause = ?, close_detail = ? WHERE key = ?");
    this.#seal = database.prepare("UPDATE sessions SET sealed = 1 WHERE key = ?");
    this.#get = database.prepare<[string], SessionRow>("SELECT * FROM sessions WHERE id = ?");
  }

  /** The key of a session, which is added when it is not there yet. */
  open(open: SessionOpen): number {
    const known = this.#find.get(open.session);
    if (known !== undefined) return known;
    const { actor } = open;
    const { lastInsertRowid } = this.#insert.run(
      open.session,
      open.connection,
      actor.name,
      JSON.stringify(actor),
      actor.kind,
      actor.authenticated ? actor.issuer : null,
      actor.authenticated ? actor.subject : null,
      actor.kind === "person" ? actor.email : null,
      actor.kind === "machine" ? actor.owner : null,
      actor.authenticated ? 1 : 0,
      open.account,
      JSON.stringify([open.account]),
      open.schema,
      open.client,
      open.credential === undefined ? null : JSON.stringify(open.credential),
      open.process === undefined ? null : JSON.stringify(open.process),
      open.process?.program ?? null,
      open.process === undefined ? null : programName(open.process.program),
      JSON.stringify(open.claimed),
      open.acceptedAt,
      open.upstream.address,
      open.upstream.version,
      open.upstream.threadId,
      JSON.stringify(open.tls),
    );
    return Number(lastInsertRowid);
  }

  /** Takes note that a statement of the session ran on `account`. */
  ranOn(key: number, account: string | null): void {
    const accounts = JSON.parse(this.#accounts.get(key) ?? "[]") as (string | null)[];
    if (!accounts.includes(account)) this.#setAccounts.run(JSON.stringify([...accounts, account]), key);
  }

  /** Adds to a session's counts. */
  count(key: number, statements: number, errors: number): void {
    this.#count.run(statements, errors, key);
  }

  close(key: number, close: SessionClose, at: UnixMicros): void {
    this.#close.run(at, close.cause, close.detail, key);
  }

  seal(key: number): void {
    this.#seal.run(key);
  }

  /** `null` where it is not there, or may not be read. */
  get(id: string, scope: ReadScope = allSessions): Session | null {
    const row = this.#get.get(id);
    if (row === undefined) return null;
    const session = sessionOf(row);
    return mayRead(scope, session.actor) ? session : null;
  }

  /** Sessions that started before `before`, newest first. */
  list(before: UnixMicros, limit: number, scope: ReadScope = allSessions): { sessions: Session[]; more: boolean } {
    const { where, parameters } = scopeCondition(scope, "sessions.key");
    const sql = `SELECT * FROM sessions WHERE started_at < @before AND ${where} ORDER BY started_at DESC, id DESC LIMIT @limit`;
    const rows = this.#database.prepare<[object], SessionRow>(sql).all({ ...parameters, before, limit: limit + 1 });
    return { sessions: rows.slice(0, limit).map(sessionOf), more: rows.length > limit };
  }
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    connection: row.connection,
    actor: JSON.parse(row.actor_facts) as Actor,
    account: row.account,
    accounts: JSON.parse(row.accounts) as Session["accounts"],
    schema: row.schema,
    client: row.client,
    credential: row.credential === null ? null : (JSON.parse(row.credential) as Session["credential"]),
    process: row.process === null ? null : (JSON.parse(row.process) as Session["process"]),
    claimed: JSON.parse(row.claimed) as Session["claimed"],
    startedAt: row.started_at,
    endedAt: row.ended_at,
    closeCause: row.close_cause,
    closeDetail: row.close_detail,
    statements: row.statements,
    errors: row.errors,
    upstreamAddress: row.upstream_address,
    upstreamVersion: row.upstream_version,
    threadId: row.thread_id,
    tls: JSON.parse(row.tls) as Session["tls"],
    sealed: row.sealed === 1,
  };
}
