import type { Cell, ResultColumn, StatementDetail, TimelineRow } from "../../../proxy/api/contract.ts";
import { fakeDetail, fakeResultColumn, fakeRow } from "./fake-statements.ts";

/** Statements that strain the look of things; a fake core shows them as its last ones where it is asked to. */
interface Extreme {
  readonly change: (row: TimelineRow) => Partial<TimelineRow>;
  readonly detail?: (row: TimelineRow) => Partial<StatementDetail>;
  readonly cells?: (index: number) => readonly Cell[];
}

const longSql = `SELECT ${Array.from({ length: 400 }, (_, place) => `column_${place} AS "Spalte Nº ${place}"`).join(", ")}\nFROM wide_table\n-- and so on\nWHERE note = '${"x".repeat(5_000)}'`;
const longMessage = `You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${"SELECT FROM WHERE ".repeat(60)}' at line 1`;

const wideColumns: readonly ResultColumn[] = Array.from({ length: 200 }, (_, place) =>
  fakeResultColumn(place === 3 ? "a_column_with_a_name_that_is_longer_than_anybody_would_want_to_read" : `c${place}`, "VARCHAR", "wide"),
);

const values: readonly Cell[] = [
  "😀👩‍👩‍👧‍👦 emoji",
  "שלום עולם, مرحبا",
  null,
  "",
  "-9223372036854775808",
  "99999999999999999999999999999999999999999999999999999999999999999",
  { base64: btoa("\u0000\u00ff\u0089PNG\r\n") },
  "日本語のとても長い文章。".repeat(8),
  "tab\there, end\u0000",
  "e\u0301 combining",
];

const extremes: readonly Extreme[] = [
  {
    change: () => ({
      actor: "an.account.with.a.very.long.name@directory.example",
      connection: "A connection with a long name, production",
    }),
  },
  { change: () => ({ sql: longSql.slice(0, 299).replace(/\s+/g, " "), rows: 3 }), detail: () => ({ sql: longSql }) },
  {
    change: () => ({ sql: "SELECT * FROM wide /* 200 columns */", rows: 1_000_000, durationUs: 3_723_000_000, bytesOut: 8_000_000_000 }),
    detail: () => ({ results: [{ columns: [...wideColumns], rowCount: 1_000_000 }] }),
    cells: (index) => wideColumns.map((_, place) => values[(place + index) % values.length] ?? null),
  },
  {
    change: () => ({ sql: "SELECT FROM WHERE", outcome: "error", errno: 1064, message: longMessage, rows: null }),
    detail: () => ({ sqlstate: "42000", results: [] }),
  },
  {
    change: () => ({
      sql: "SELECT 'שלום', '😀', 'gnp\u202Eexe'",
      outcome: "aborted",
      rows: null,
      durationUs: null,
      firstByteUs: null,
      partial: true,
    }),
    detail: () => ({ results: [], decodeFailed: "the answer ended in the middle of a packet" }),
  },
  {
    change: () => ({ command: "COM_STATISTICS", sql: null, rows: null, affected: null }),
    detail: () => ({ results: [], summary: "statistics" }),
  },
];

/** The extreme in place of the statement at `index` of `total`, if there is one. */
function extremeAt(index: number, total: number): Extreme | undefined {
  return extremes[index - (total - extremes.length)];
}

export function extremeRow(index: number, total: number, base: number): TimelineRow {
  const row = fakeRow(index, base);
  const quiet = { errno: null, message: null, outcome: "ok", affected: null } as const;
  const extreme = extremeAt(index, total);
  return extreme === undefined ? row : { ...row, ...quiet, ...extreme.change(row) };
}

export function extremeDetail(row: TimelineRow, total: number): StatementDetail {
  return { ...fakeDetail(row), ...extremeAt(row.id - 1, total)?.detail?.(row) };
}

/** The cells of a result row, where an extreme has its own. */
export function extremeCells(row: TimelineRow, total: number, index: number): readonly Cell[] | null {
  return extremeAt(row.id - 1, total)?.cells?.(index) ?? null;
}
