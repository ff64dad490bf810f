import type { Claim } from "../model/claim.ts";
import { FailureError } from "../model/failure.ts";
import type { Session } from "../model/session.ts";
import type { Parameter, Statement, StatementContext } from "../model/statement.ts";
import type { ParameterShown, StatementDetail } from "../model/statement-detail.ts";
import { readRows } from "../recording/result-reader.ts";
import type { FindStatement, StatementPositions } from "../recording/statement-reader.ts";
import { AnswerIndex, rowsBetweenPlaces } from "./answer-index.ts";
import { bytesOf, cellOf, cutText } from "./cells.ts";
import { connectionClaims, statementClaims } from "./claims.ts";
import type { Rows, RowsInput } from "./messages.ts";
import type { LibraryDatabase } from "./schema.ts";
import type { TimelineRows } from "./timeline-rows.ts";

const shownSqlBytes = 4 * 1024 * 1024;
const shownParameterBytes = 64 * 1024;
const shownParameterSets = 100;

/** Bytes of values in one answer; a window with more ends early and says that there is more. */
const answerBytes = 16 * 1024 * 1024;

interface Position {
  command_frame: number;
  command_skip: number;
  answer_frame: number | null;
  answer_skip: number | null;
  context: string | null;
}

/** Statements in full, decoded from their recordings. */
export class StatementView {
  readonly #rows: TimelineRows;
  readonly #answers: AnswerIndex;
  readonly #position;
  readonly #digest;
  readonly #claimed;

  constructor(database: LibraryDatabase, dataDirectory: string, rows: TimelineRows) {
    this.#rows = rows;
    this.#answers = new AnswerIndex(dataDirectory);
    this.#position = database.prepare<[string, number], Position>(
      `SELECT d.command_frame, d.command_skip, d.answer_frame, d.answer_skip, d.context
       FROM sessions AS x JOIN statements AS s ON s.session = x.key JOIN statement_details AS d ON d.id = s.id
       WHERE x.id = ? AND s.seq = ?`,
    );
    this.#digest = database.prepare<[number], { hash: string; text: string }>(
      "SELECT g.hash, g.text FROM statements AS s JOIN digests AS g ON g.key = s.digest WHERE s.id = ?",
    );
    this.#claimed = database.prepare<[string], string>("SELECT claimed FROM sessions WHERE id = ?").pluck();
  }

  /** Everything about one statement but its rows. Rejects with a `FailureError` where it is not there, or `signal` aborts. */
  async detail(session: string, seq: number, signal?: AbortSignal): Promise<StatementDetail> {
    const row = this.#rows.find(session, seq);
    if (row === null) throw new FailureError("not-found", `There is no statement ${seq} in session ${session}.`);
    const { statement, results } = await this.#answers.get(session, seq, this.#finder(session), signal);
    const digest = this.#digest.get(row.id);
    const sqlBytes = statement.sql === null ? 0 : bytesOf(statement.sql);
    const isCut = sqlBytes > shownSqlBytes;
    return {
      row,
      sql: isCut && statement.sql !== null ? cutText(statement.sql, shownSqlBytes) : statement.sql,
      sqlCutFrom: isCut ? sqlBytes : null,
      params: statement.params?.map(parameterShown) ?? null,
      paramSets: paramSetsShown(statement.paramSets),
      attributes: statement.attributes.map(parameterShown),
      claims: [...this.#ofConnection(session), ...statementClaims(statement).filter(({ from }) => from === "comment")],
      summary: statement.summary,
      infile: statement.infile,
      state: statement.state,
      insertId: statement.insertId,
      warnings: statement.warnings,
      sqlstate: statement.sqlstate,
      decodeFailed: statement.decodeFailed,
      digest: digest?.hash ?? null,
      digestText: digest?.text ?? null,
      results: results.map(({ columns, rowCount }) => ({ columns: [...columns], rowCount })),
    };
  }

  /** A window of the rows of one result set; fewer than asked for, with `more`, where they are very large. */
  async rows({ session, seq, result, from, limit, cellLimit }: RowsInput, signal?: AbortSignal): Promise<Rows> {
    const answer = await this.#answers.get(session, seq, this.#finder(session), signal);
    const indexed = answer.results[result];
    if (indexed === undefined) throw new FailureError("not-found", `Statement ${seq} has no result set ${result + 1}.`);
    const place = indexed.places[Math.floor(from / rowsBetweenPlaces)];
    if (place === undefined || from >= indexed.rowCount) return { rows: [], more: false };
    const rows: Rows["rows"] = [];
    let bytes = 0;
    const window = {
      columns: indexed.definitions,
      binary: indexed.binary,
      from: place,
      skip: from % rowsBetweenPlaces,
      limit: Math.min(limit, indexed.rowCount - from),
    };
    readRows(answer.file, window, (values) => {
      const cells = (values ?? indexed.columns.map(() => null)).map((value) => cellOf(value, cellLimit));
      bytes += cells.reduce((sum, cell) => sum + cellBytes(cell), 0);
      if (bytes > answerBytes && rows.length > 0) return false;
      rows.push(cells);
      return bytes <= answerBytes;
    });
    return { rows, more: from + rows.length < indexed.rowCount };
  }

  /** Forgets what was read. */
  clear(): void {
    this.#answers.clear();
  }

  #ofConnection(session: string): readonly Claim[] {
    return connectionClaims({ claimed: JSON.parse(this.#claimed.get(session) ?? "{}") as Session["claimed"] });
  }

  #finder(session: string): FindStatement {
    return (seq) => {
      const found = this.#position.get(session, seq);
      return found === undefined ? null : positionsOf(seq, found);
    };
  }
}

function positionsOf(seq: number, found: Position): StatementPositions {
  return {
    seq,
    commandAt: { frame: found.command_frame, skip: found.command_skip },
    answerAt: found.answer_frame === null ? null : { frame: found.answer_frame, skip: found.answer_skip ?? 0 },
    context: found.context === null ? null : (JSON.parse(found.context) as StatementContext),
  };
}

function parameterShown({ name, type, unsigned, value, indicator }: Parameter): ParameterShown {
  return { name, type, unsigned, value: cellOf(value, shownParameterBytes), ...(indicator && { indicator }) };
}

function paramSetsShown(sets: Statement["paramSets"]): StatementDetail["paramSets"] {
  return sets === null ? null : { shown: sets.slice(0, shownParameterSets).map((set) => set.map(parameterShown)), count: sets.length };
}

function cellBytes(cell: Rows["rows"][number][number]): number {
  if (cell === null || typeof cell === "string") return cell?.length ?? 0;
  return "text" in cell ? cell.text.length : cell.base64.length;
}
