import { outcomeNumbers } from "../filter/to-sql.ts";
import type { Outcome } from "../model/statement.ts";
import type { TimelineRow } from "../model/timeline-row.ts";
import type { LibraryDatabase } from "./schema.ts";

/** Characters of the SQL text on a line, and those that are read to make it. */
const shownCharacters = 400;
const readCharacters = 2000;

const outcomes = new Map(Object.entries(outcomeNumbers).map(([name, number]): [number, Outcome] => [number, name as Outcome]));

type Raw = Omit<TimelineRow, "outcome" | "authenticated" | "partial"> & { outcome: number; authenticated: number; partial: number };

const columns = `
  s.id, x.id AS session, s.seq, s.at, x.actor, x.actor_kind AS actorKind, x.actor_owner AS actorOwner, x.authenticated, x.connection, a.name AS account, c.name AS command,
  substr(d.sql, 1, ${readCharacters}) AS sql, d.summary, s.outcome, s.rows, s.affected, s.errno, d.message,
  s.duration_us AS durationUs, s.first_byte_us AS firstByteUs, s.bytes_in AS bytesIn, s.bytes_out AS bytesOut, s.partial,
  s.redacted`;
const source = `
  statements AS s JOIN statement_details AS d ON d.id = s.id
  JOIN sessions AS x ON x.key = s.session JOIN commands AS c ON c.key = s.command
  LEFT JOIN accounts AS a ON a.key = s.account`;

/** Reads lines of the timeline. */
export class TimelineRows {
  readonly #byIds;
  readonly #bySeq;

  constructor(database: LibraryDatabase) {
    this.#byIds = database.prepare<[string], Raw>(
      `SELECT ${columns} FROM json_each(?) AS wanted CROSS JOIN ${source} WHERE s.id = wanted.value ORDER BY s.id`,
    );
    this.#bySeq = database.prepare<[string, number], Raw>(`SELECT ${columns} FROM ${source} WHERE x.id = ? AND s.seq = ?`);
  }

  /** Rows of these ids, ascending; ids that are not there are left out. */
  read(ids: ArrayLike<number>): TimelineRow[] {
    return this.#byIds.all(JSON.stringify(Array.from(ids))).map(rowOf);
  }

  /** The row of one statement of a session. */
  find(session: string, seq: number): TimelineRow | null {
    const raw = this.#bySeq.get(session, seq);
    return raw === undefined ? null : rowOf(raw);
  }
}

function rowOf(raw: Raw): TimelineRow {
  return {
    ...raw,
    sql: raw.sql === null ? null : oneLine(raw.sql),
    summary: raw.summary === null ? null : oneLine(raw.summary),
    outcome: outcomes.get(raw.outcome) ?? "ok",
    authenticated: raw.authenticated === 1,
    partial: raw.partial === 1,
  };
}

/** Text with its white space folded, cut to the length of a line without cutting a surrogate pair. */
function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  if (line.length <= shownCharacters) return line;
  const cut = line.slice(0, shownCharacters - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}
