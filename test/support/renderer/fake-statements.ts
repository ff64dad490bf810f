import type { Cell, ResultColumn, StatementDetail, TimelineRow } from "../../../proxy/api/contract.ts";

/** Statements that a fake core makes up: the same for the same index, so that a million of them need no memory. */
const shapes: readonly {
  readonly sql: string;
  readonly command: string;
  readonly rows: number | null;
  readonly affected: number | null;
}[] = [
  {
    sql: "SELECT id, name, price FROM products WHERE category = 'garden' ORDER BY price LIMIT 20",
    command: "COM_QUERY",
    rows: 20,
    affected: null,
  },
  {
    sql: "SELECT o.id, o.placed_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
    command: "COM_STMT_EXECUTE",
    rows: 1,
    affected: null,
  },
  {
    sql: "UPDATE stock SET quantity = quantity - 1 WHERE product_id = 4711 AND quantity > 0",
    command: "COM_QUERY",
    rows: null,
    affected: 1,
  },
  {
    sql: "INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (88213, 4711, 1, 19.90)",
    command: "COM_QUERY",
    rows: null,
    affected: 1,
  },
  {
    sql: "SELECT customer_id, SUM(total) AS spent FROM orders WHERE placed_at >= '2026-01-01' GROUP BY customer_id HAVING spent > 1000",
    command: "COM_QUERY",
    rows: 312,
    affected: null,
  },
  { sql: "SELECT emial FROM customers WHERE id = 7 /* agent: look up the address */", command: "COM_QUERY", rows: null, affected: null },
  { sql: "COMMIT", command: "COM_QUERY", rows: null, affected: 0 },
  { sql: "SELECT @@version_comment LIMIT 1", command: "COM_QUERY", rows: 1, affected: null },
];

const epoch = 1_795_360_000_000_000;
/** Microseconds between one statement and the next. */
const spacing = 41_000;

function noise(index: number): number {
  let word = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  word = Math.imul(word ^ (word >>> 15), 0x85ebca6b) >>> 0;
  return ((word ^ (word >>> 13)) >>> 0) / 0xffffffff;
}

/** The statement at `index`; `base` moves all of them in time. */
export function fakeRow(index: number, base = epoch): TimelineRow {
  const shape = shapes[Math.floor(noise(index) * shapes.length)] ?? shapes[0];
  if (shape === undefined) throw new Error("there are shapes");
  const failed = shape.sql.includes("emial");
  const aborted = !failed && noise(index + 7) > 0.995;
  const took = Math.round(180 + noise(index + 3) ** 6 * 900_000);
  return {
    id: index + 1,
    session: `0198c1f4-7b2e-7000-8000-${String(index % 3).padStart(12, "0")}`,
    seq: Math.floor(index / 3) + 1,
    at: base + index * spacing,
    actor: ["maria", "deploy", "maria"][index % 3] ?? "maria",
    actorKind: "os-user",
    actorOwner: null,
    authenticated: false,
    connection: "shop",
    account: "app@localhost",
    command: shape.command,
    sql: shape.sql,
    summary: null,
    outcome: failed ? "error" : aborted ? "aborted" : "ok",
    rows: aborted ? null : shape.rows,
    affected: aborted ? null : shape.affected,
    errno: failed ? 1054 : null,
    message: failed ? "Unknown column 'emial' in 'field list'" : null,
    durationUs: aborted ? null : took,
    firstByteUs: aborted ? null : Math.round(took * 0.7),
    bytesIn: shape.sql.length + 5,
    bytesOut: (shape.rows ?? 0) * 60 + 11,
    partial: false,
    redacted: 0,
  };
}

/** A column of a result. */
export const fakeResultColumn = (name: string, type: string, table: string, characterSet = 255): ResultColumn => ({
  name,
  orgName: name,
  table,
  orgTable: table,
  schema: "shop",
  type,
  unsigned: type === "BIGINT",
  characterSet,
  length: 255,
  decimals: 0,
  flags: 0,
});

export const fakeColumns: readonly ResultColumn[] = [
  fakeResultColumn("id", "BIGINT", "products"),
  fakeResultColumn("name", "VARCHAR", "products"),
  fakeResultColumn("price", "DECIMAL", "products"),
  fakeResultColumn("discontinued_at", "DATETIME", "products"),
  fakeResultColumn("note", "TEXT", "products"),
  fakeResultColumn("fingerprint", "BINARY", "products", 63),
  fakeResultColumn("description", "LONGTEXT", "products"),
];

const names = ["Garden hose", "Søkeord \u202Egnp.exe", "Schubkarre", '=HYPERLINK("http://example.test")', "蜂蜜", "Rake\nwith a line end"];

/** Result rows of any statement, cut at `cellLimit` (0: whole). */
export function fakeResultRow(index: number, cellLimit: number): readonly Cell[] {
  const text = `Row ${index}. `.repeat(120);
  return [
    String(index + 1),
    names[index % names.length] ?? "",
    (noise(index) * 100).toFixed(2),
    index % 3 === 0 ? null : "2026-11-22 15:22:51.123456",
    index % 4 === 0 ? "" : "kept in the shed",
    { base64: btoa(String.fromCharCode(...Array.from({ length: 8 }, (_, place) => (index * 31 + place * 17) % 256))) },
    cellLimit > 0 && text.length > cellLimit ? { text: text.slice(0, cellLimit), cutFrom: text.length } : text,
  ];
}

/** Everything about the statement `row`. */
export function fakeDetail(row: TimelineRow): StatementDetail {
  const isExecute = row.command === "COM_STMT_EXECUTE";
  return {
    row,
    sql: row.sql,
    sqlCutFrom: null,
    params: isExecute ? [{ name: null, type: "MYSQL_TYPE_LONGLONG", unsigned: false, value: "88213" }] : null,
    paramSets: null,
    attributes: [],
    claims: [],
    summary: null,
    infile: null,
    state: null,
    insertId: null,
    warnings: 0,
    sqlstate: row.outcome === "error" ? "42S22" : null,
    decodeFailed: null,
    digest: "3fa9c2d4e5b6a798",
    digestText: row.sql?.replace(/'[^']*'|\b\d[\d.]*\b/g, "?") ?? null,
    results: row.rows === null ? [] : [{ columns: [...fakeColumns], rowCount: row.rows }],
  };
}
