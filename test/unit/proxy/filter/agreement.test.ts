import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFilter } from "../../../../proxy/filter/parse-filter.ts";
import { type FilterRow, toPredicate } from "../../../../proxy/filter/to-predicate.ts";
import { connectionClaims, statementClaims } from "../../../../proxy/library/claims.ts";
import { digestOf } from "../../../../proxy/library/digest.ts";
import { prepareFilter } from "../../../../proxy/library/filter-query.ts";
import { configure, recreateTables } from "../../../../proxy/library/schema.ts";
import { SessionTable } from "../../../../proxy/library/session-table.ts";
import { StatementWriter } from "../../../../proxy/library/statement-writer.ts";
import type { SessionOpen } from "../../../../proxy/model/session.ts";
import type { Parameter, Statement } from "../../../../proxy/model/statement.ts";
import { machineOf, osUser, personOf } from "../../../support/identity/actors.ts";
import { sessionOpenOf, statementOf } from "../../../support/library/statement-of.ts";

const now = 1_790_000_100_000_000;

const names = ["Anna", "anna", "ANNA_B", "Ägidius", "b*b", "%", "_", "", "shop-1", "10.0.0.7:5", "\u{1f980}x", "été"];
const pieces = [
  "select",
  "SELECT",
  "order_items",
  "naïve",
  "NAÏVE",
  "nai\u0308ve",
  "表",
  "表名",
  "'it''s'",
  "1064",
  "a.b",
  "İstanbul",
  "ß",
  "\u{1f980}",
  "x\u0000y",
  "#",
  "ſ",
  "²",
];
const orNull = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(made, { nil: null });
const name = fc.constantFrom(...names);
const text = fc
  .array(fc.constantFrom(...pieces), { maxLength: 4 })
  .chain((words) => fc.constantFrom(" ", "", ", ", "\u00a0").map((gap) => words.join(gap)));
const count = fc.constantFrom(0, 1, 2, 999, 1000, 1_000_000, 5_000_000);

const session: fc.Arbitrary<Partial<SessionOpen>> = fc.record({
  connection: name,
  schema: orNull(name),
  client: name,
  process: fc.constantFrom("/usr/bin/mysql", "mysql", "/", "/opt/Anna/an b").map((program) => ({ pid: 7, program, user: "anna" })),
  actor: fc.oneof(
    name.map((actor) => ({ ...osUser, name: actor })),
    fc.record({ name, subject: name, email: orNull(name) }).map(personOf),
    fc.record({ name, subject: name, owner: name }).map(machineOf),
  ),
  claimed: fc.dictionary(fc.constantFrom("program_name", "_pid", "a.b"), name),
});

const attribute: fc.Arbitrary<Parameter> = fc
  .tuple(fc.constantFrom("program_name", "a.b"), fc.oneof(name, fc.constant(null)))
  .map(([named, value]) => ({ name: named, type: "MYSQL_TYPE_STRING", unsigned: false, value }));
const tagged = (sql: string | null): fc.Arbitrary<string | null> =>
  sql === null ? fc.constant(sql) : fc.constantFrom("", "/*a.b='Anna',program_name='b%2Ab'*/").map((comment) => `${sql} ${comment}`);

const statement: fc.Arbitrary<Partial<Statement>> = fc.record({
  at: fc.constantFrom(now - 3_600_000_000, now - 60_000_000, now - 1, now),
  account: orNull(fc.constantFrom("app@%", "app", "Root@localhost", "@", "")),
  command: fc.constantFrom("COM_QUERY", "COM_STMT_EXECUTE", "COM_UNKNOWN_0x42", "com_x"),
  sql: orNull(text).chain(tagged),
  attributes: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(attribute, { maxLength: 3 })),
  message: orNull(text),
  errno: orNull(fc.constantFrom(1064, 1146)),
  outcome: fc.constantFrom("ok", "error", "aborted", "denied"),
  rows: orNull(count),
  affected: orNull(count),
  bytesIn: count,
  bytesOut: count,
  durationUs: orNull(count),
  partial: fc.boolean(),
});

const value = fc.oneof(
  name.filter((one) => /^[^\s()"]+$/.test(one) && !/^[/<>=]/.test(one)),
  name.map((one) => JSON.stringify(one)),
  fc.constantFrom("*", "a*", "*a", "an*a", "*nn*", "/^a/", "/\\W/", "app", "root", "query", "stmt_*", "mysql", '"/usr/bin/mysql"'),
);
const number = fc.constantFrom("*", "0", "1", ">1", ">=1", "<1000", "<=2", "=2", "1..1000", "2..", "..1");
const condition = fc.oneof(
  fc.constantFrom(
    "select",
    "sel*",
    "order",
    "items",
    "order_items",
    '"order items"',
    "naïve",
    "na*",
    "表",
    "表*",
    "it",
    '"s"',
    "i*",
    "ß",
    "/a\\.b/",
    "/^$/",
    "/表/",
    "y",
    "istanbul",
    "s",
    "²",
    '"1064 select"',
  ),
  fc
    .tuple(
      fc.constantFrom("actor", "connection", "account", "schema", "client", "process", "command", "claimed.program_name", "claimed.a.b"),
      value,
    )
    .map(([field, one]) => `${field}:${one}`),
  fc.tuple(fc.constantFrom("rows", "affected", "bytes", "error"), number).map(([field, one]) => `${field}:${one}`),
  fc.constantFrom(
    "duration:>1ms",
    "duration:>=1s",
    "duration:1us..5s",
    "duration:*",
    "error:1064",
    "error:select",
    'error:"naïve 表"',
    "bytes:>1KB",
  ),
  fc.constantFrom(
    "is:slow",
    "is:failed",
    "is:aborted",
    "is:partial",
    "last:1m",
    "last:2h",
    "after:2026-09-21T13:00Z",
    "before:2026-09-21T14:14Z",
    "after:2026-09-21T14:14Z",
  ),
  fc.constantFrom("digest:0*", "digest:a*", `digest:${digestOf("select").hash}`),
);
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    condition,
    tie("filter").map((one) => `not (${one})`),
    tie("filter").map((one) => `(${one})`),
    fc.tuple(tie("filter"), fc.constantFrom(" ", " and ", " or "), tie("filter")).map(([a, joined, b]) => `${a}${joined}${b}`),
  ),
}));

function rowOf(open: SessionOpen, made: Statement): FilterRow {
  const digest = made.sql === null ? null : digestOf(made.sql).hash;
  return {
    ...made,
    ...open,
    account: made.account,
    actor: open.actor,
    process: open.process?.program ?? null,
    claims: [...connectionClaims(open), ...statementClaims(made)],
    digest,
  };
}

describe("SQL and predicate", () => {
  it("agree on every statement, whatever the filter", () => {
    const database = configure(new Database(":memory:"));
    recreateTables(database);
    const sessions = new SessionTable(database);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(session, fc.array(statement, { maxLength: 5 })), { maxLength: 3 }),
        fc.array(filter, { minLength: 1, maxLength: 10 }),
        (recorded, filters) => {
          recreateTables(database);
          const writer = new StatementWriter(database);
          const rows: FilterRow[] = [];
          for (const [index, [facts, statements]] of recorded.entries()) {
            const open = sessionOpenOf({ ...facts, session: `session-${index}` });
            const key = sessions.open(open);
            for (const [at, made] of statements.entries()) {
              const whole = statementOf({ ...made, session: open.session, seq: at + 1 });
              writer.write(key, whole, whole.at);
              rows.push(rowOf(open, whole));
            }
          }
          writer.flush();
          for (const text of filters) {
            const parsed = parseFilter(text);
            if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
            const matches = toPredicate(parsed.filter, now);
            const expected = rows.flatMap((row, index) => (matches(row) ? [index + 1] : []));
            expect({ text, ids: prepareFilter(database, text, now).ids(1, rows.length) }).toEqual({ text, ids: expected });
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
