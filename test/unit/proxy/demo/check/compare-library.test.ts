import { describe, expect, it } from "vitest";
import type { Cell, SessionListed, StatementDetail, TimelineRow } from "../../../../../proxy/api/contract.ts";
import { compareLibrary, type LibraryCalls } from "../../../../../proxy/demo/check/compare-library.ts";
import type { LedgerEntry, SessionLedger } from "../../../../../proxy/demo/workload/ledger.ts";

const sql = "SELECT name FROM products WHERE id = ?";
const entry: LedgerEntry = {
  command: "COM_STMT_EXECUTE",
  sql,
  params: ["7"],
  outcome: "ok",
  errno: null,
  sqlstate: null,
  message: null,
  affected: null,
  results: [{ columns: [{ name: "name", orgTable: "products", type: 253 }], rows: [["kettle"], [null]] }],
};
const ledger: SessionLedger = { client: "application", threadId: 11, actor: { kind: "os-user" }, entries: [entry] };

const row: TimelineRow = {
  id: 1,
  session: "s",
  seq: 1,
  at: 1,
  actor: "a",
  actorKind: "os-user",
  actorOwner: null,
  authenticated: false,
  connection: "c",
  account: "app",
  command: "COM_STMT_EXECUTE",
  sql,
  summary: null,
  outcome: "ok",
  rows: 2,
  affected: null,
  errno: null,
  message: null,
  durationUs: 1,
  firstByteUs: 1,
  bytesIn: 1,
  bytesOut: 1,
  partial: false,
  redacted: 0,
};
const column = { name: "name", orgName: "name", table: "p", orgTable: "products", schema: "shop", type: "VARCHAR" };
const detail: StatementDetail = {
  row,
  sql,
  sqlCutFrom: null,
  params: [{ name: null, type: "MYSQL_TYPE_DOUBLE", unsigned: false, value: "7" }],
  paramSets: null,
  attributes: [],
  claims: [],
  summary: null,
  infile: null,
  state: null,
  insertId: null,
  warnings: 0,
  sqlstate: null,
  decodeFailed: null,
  digest: null,
  digestText: null,
  results: [{ columns: [{ ...column, unsigned: false, characterSet: 255, length: 1, decimals: 0, flags: 0 }], rowCount: 2 }],
};
const session = {
  id: "s",
  threadId: 11,
  startedAt: 100,
  statements: 1,
  errors: 0,
  actor: { kind: "os-user", name: "u", authenticated: false },
} as SessionListed;

type MachineActor = Extract<SessionListed["actor"], { kind: "machine" }>;

const machine: MachineActor = {
  kind: "machine",
  name: "web-shop",
  authenticated: true,
  issuer: null,
  subject: "m1",
  owner: "Dana",
  groups: [],
  via: "secret",
};

/** A library that shows what it is told to. */
function showing(shown: { detail?: StatementDetail; rows?: Cell[][]; session?: SessionListed }): LibraryCalls {
  return {
    "sessions.list": async () => ({ sessions: [shown.session ?? session], more: false }),
    "statements.page": async () => ({ rows: [], offset: 0, total: 1, totalExact: true }),
    "statements.get": async () => shown.detail ?? detail,
    "statements.rows": async () => ({ rows: shown.rows ?? [["kettle"], [null]], more: false }),
  };
}

const differences = async (calls: LibraryCalls, ledgers = [ledger]) => (await compareLibrary(calls, ledgers, 50)).differences;

describe("comparing the library with the clients' ledgers", () => {
  it("finds nothing where they are equal", async () => {
    expect(await compareLibrary(showing({}), [ledger], 50)).toEqual({
      sessions: 1,
      statements: 1,
      errors: 0,
      actors: { person: 0, machine: 0, "os-user": 1 },
      differences: [],
    });
  });

  it.each<[string, Parameters<typeof showing>[0], RegExp]>([
    ["another text", { detail: { ...detail, sql: "SELECT 1" } }, /statement 1: its text is “SELECT 1” where the client has “SELECT name/],
    ["another parameter", { detail: { ...detail, params: [] } }, /it has 0 parameters where the client bound 1/],
    ["another outcome", { detail: { ...detail, row: { ...row, outcome: "error" } } }, /its outcome is “error” where the client has “ok”/],
    [
      "another number of affected rows",
      { detail: { ...detail, row: { ...row, affected: 3 } } },
      /its affected rows is 3 where the client has null/,
    ],
    ["a partial statement", { detail: { ...detail, row: { ...row, partial: true } } }, /its completeness is true/],
    ["another value", { rows: [["kettles"], [null]] }, /row 1 has “kettles” as name where the client received “kettle”/],
    ["an empty text for NULL", { rows: [["kettle"], [""]] }, /row 2 has “” as name where the client received NULL/],
    ["a missing row", { rows: [["kettle"]] }, /it shows 1 rows where the client received 2/],
    ["a missing result", { detail: { ...detail, results: [] } }, /it has 0 results where the client received 1/],
    ["a missing statement", { session: { ...session, statements: 0 } }, /shows 0 statements where the application sent 1/],
    ["another session", { session: { ...session, threadId: 12 } }, /The session of the application \(thread 11\) is not in the library/],
    [
      "another kind of actor",
      { session: { ...session, actor: { ...machine, name: "web-shop" } } },
      /its actor's kind is machine where os-user ran it.*\n.*its actor's authenticated is true where false ran it/,
    ],
  ])("says in a sentence that %s is shown", async (_, shown, sentence) => {
    expect((await differences(showing(shown))).join("\n")).toMatch(sentence);
  });

  it("says that another machine, or another owner, is shown than the one whose credential it was", async () => {
    const expected = { ...ledger, actor: { kind: "machine", name: "web-shop", owner: "Dana" } } as const;
    const shown = (actor: Partial<MachineActor>) =>
      differences(showing({ session: { ...session, actor: { ...machine, ...actor } } }), [expected]);
    expect(await shown({})).toEqual([]);
    expect(await shown({ name: "other" })).toEqual(["Session s of the application: its actor's name is other where web-shop ran it."]);
    expect(await shown({ owner: "Ravi" })).toEqual(["Session s of the application: its actor's owner is Ravi where Dana ran it."]);
  });

  it("says that sessions are missing, and passes over those that began before", async () => {
    expect(await differences(showing({ session: { ...session, startedAt: 10 } }))).toEqual([
      "The library shows 0 sessions where the clients had 1.",
      "The session of the application (thread 11) is not in the library.",
    ]);
  });

  it("says that a statement cannot be shown", async () => {
    const calls = { ...showing({}), "statements.get": () => Promise.reject(new Error("no such file")) };
    expect(await differences(calls)).toEqual(["Session s of the application, statement 1: it cannot be shown (no such file)."]);
  });
});
