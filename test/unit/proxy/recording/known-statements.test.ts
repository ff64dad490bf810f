import { describe, expect, it } from "vitest";
import { KnownStatements, type Prepared } from "../../../../proxy/recording/known-statements.ts";
import { LongValues } from "../../../../proxy/recording/long-values.ts";

function prepared(known: KnownStatements, seq: number, sql: string): Prepared {
  const { longValues, ...nothing } = { longValues: new LongValues(false), types: null, typesSeq: null, columns: null };
  const of = { ...nothing, longValues, seq, sql, sqlCutFrom: null, known, id: null, parameters: null, closed: false };
  return { ...of, columnsSeq: null, columnsSeqBefore: null };
}

function answered(known: KnownStatements, id: number, sql = "SELECT 1"): Prepared {
  const statement = prepared(known, id, sql);
  known.sent(statement);
  known.answered(statement, id, 0);
  return statement;
}

describe("what a session has prepared", () => {
  it("is bounded in memory: what was not used for the longest time is forgotten", () => {
    const known = new KnownStatements(10_000);
    const long = "x".repeat(1000);
    for (const id of [1, 2, 3]) answered(known, id, long);
    expect(known.find(1)?.seq).toBe(1);
    answered(known, 4, long);
    expect([1, 2, 3, 4].map((id) => known.find(id)?.seq ?? null)).toEqual([1, null, 3, 4]);
  });

  it("keeps the one that was prepared last, however long", () => {
    const known = new KnownStatements(10_000);
    answered(known, 1);
    answered(known, 2, "x".repeat(100_000));
    expect([1, 2].map((id) => known.find(id)?.seq ?? null)).toEqual([null, 2]);
  });

  it("leaves room where something is closed, or its id is given anew", () => {
    const known = new KnownStatements(10_000);
    const kept = answered(known, 0);
    for (let id = 1; id < 1000; id += 1) known.close(answered(known, id, "x".repeat(1000)));
    for (let times = 0; times < 1000; times += 1) answered(known, 1000, "x".repeat(1000));
    expect(known.find(0)).toBe(kept);
    expect(known.find(999)).toBeNull();
  });

  it("does not hold what was closed before it was answered", () => {
    const known = new KnownStatements();
    const statement = prepared(known, 1, "SELECT 1");
    known.sent(statement);
    known.close(statement);
    known.answered(statement, 7, 0);
    expect(known.find(7)).toBeNull();
    expect(known.find(0xffffffff)).toBeNull();
  });
});
