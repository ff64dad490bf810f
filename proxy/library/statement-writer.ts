import { outcomeNumbers } from "../filter/to-sql.ts";
import { foldText } from "../filter/words.ts";
import type { SessionOpen } from "../model/session.ts";
import type { Statement } from "../model/statement.ts";
import type { UnixMicros } from "../model/value.ts";
import { ClaimTable } from "./claim-table.ts";
import { connectionClaims, statementClaims } from "./claims.ts";
import { DigestWriter } from "./digest-writer.ts";
import { NameTable } from "./name-table.ts";
import { activityMicros, keptSqlCharacters, type LibraryDatabase } from "./schema.ts";

interface Activity {
  count: number;
  errors: number;
}

/** Writes statements into the library, within the caller's transactions. */
export class StatementWriter {
  readonly #digests: DigestWriter;
  readonly #commands: NameTable;
  readonly #accounts: NameTable;
  readonly #claims: ClaimTable;
  readonly #activity = new Map<number, Activity>();
  readonly #insertFacts;
  readonly #insertDetails;
  readonly #insertWords;
  readonly #insertActivity;
  readonly #newest;
  #nextId: number;

  constructor(database: LibraryDatabase) {
    this.#digests = new DigestWriter(database);
    this.#commands = new NameTable(database, "commands");
    this.#accounts = new NameTable(database, "accounts");
    this.#claims = new ClaimTable(database);
    this.#insertFacts = database.prepare(`INSERT INTO statements VALUES (${marks(18)})`);
    this.#insertDetails = database.prepare(`INSERT INTO statement_details VALUES (${marks(13)})`);
    this.#insertWords = database.prepare("INSERT INTO statement_words (rowid, sql, message) VALUES (?, ?, ?)");
    this.#insertActivity = database.prepare(
      "INSERT INTO activity VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count, errors = errors + excluded.errors",
    );
    this.#newest = database.prepare<[], number | null>("SELECT max(id) FROM statements").pluck();
    this.#nextId = this.#newestId() + 1;
  }

  /** Id of the newest statement; 0 where there is none. */
  get newest(): number {
    return this.#nextId - 1;
  }

  /** Writes under which names the client of the session with key `session` claimed something when it connected. */
  open(session: number, open: SessionOpen): void {
    this.#claims.name(session, connectionClaims(open));
  }

  /** Writes a statement of the session with key `session` that ended at `endedAt`. */
  write(session: number, statement: Statement, endedAt: UnixMicros): void {
    const id = this.#nextId;
    const digest = statement.sql === null ? null : this.#digests.keyOf(statement.sql, statement.at);
    this.#insertFacts.run(
      id,
      session,
      statement.seq,
      statement.at,
      endedAt,
      this.#commands.keyOf(statement.command),
      outcomeNumbers[statement.outcome],
      statement.rows,
      statement.affected,
      statement.errno,
      statement.durationUs,
      statement.firstByteUs,
      statement.bytesIn,
      statement.bytesOut,
      statement.partial ? 1 : 0,
      statement.redacted,
      digest,
      statement.account === null ? null : this.#accounts.keyOf(statement.account),
    );
    this.#writeDetails(id, statement);
    if (statement.sql !== null || statement.message !== null) {
      this.#insertWords.run(id, folded(statement.sql), folded(statement.message));
    }
    this.#claims.write(session, id, statementClaims(statement));
    this.#count(statement);
    this.#nextId += 1;
  }

  /** Writes what was counted since the last call; the last thing in the caller's transaction. */
  flush(): void {
    this.#digests.flush();
    for (const [unit, activity] of this.#activity) this.#insertActivity.run(unit, activity.count, activity.errors);
    this.#activity.clear();
  }

  /** Goes back to what is written, after the caller's transaction was rolled back or the tables were made anew. */
  reset(): void {
    this.#digests.forget();
    this.#commands.forget();
    this.#accounts.forget();
    this.#claims.forget();
    this.#activity.clear();
    this.#nextId = this.#newestId() + 1;
  }

  #writeDetails(id: number, statement: Statement): void {
    const { sql } = statement;
    this.#insertDetails.run(
      id,
      statement.commandAt.frame,
      statement.commandAt.skip,
      statement.answerAt?.frame ?? null,
      statement.answerAt?.skip ?? null,
      statement.context === null ? null : JSON.stringify(statement.context),
      statement.insertId,
      statement.warnings,
      statement.sqlstate,
      statement.decodeFailed,
      statement.message,
      sql !== null && sql.length > keptSqlCharacters ? sql.slice(0, keptSqlCharacters) : sql,
      statement.summary,
    );
  }

  #count(statement: Statement): void {
    const unit = Math.floor(statement.at / activityMicros);
    const error = statement.outcome === "error" ? 1 : 0;
    const activity = this.#activity.get(unit);
    if (activity === undefined) {
      this.#activity.set(unit, { count: 1, errors: error });
      return;
    }
    activity.count += 1;
    activity.errors += error;
  }

  #newestId(): number {
    return this.#newest.get() ?? 0;
  }
}

function folded(text: string | null): string | null {
  return text === null ? null : foldText(text);
}

function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
