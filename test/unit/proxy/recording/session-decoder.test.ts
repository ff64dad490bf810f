import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { maxPayload } from "../../../../proxy/protocol/packet-writer.ts";
import { command, decode, err, type Given, hex, ok, packets, query, result } from "../../../support/decoded-frames.ts";

describe("a statement", () => {
  it("has its text, what was answered, its times, its bytes and its places", () => {
    const { statements } = decode([
      ["client", query("UPDATE t SET a = 1")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements).toMatchObject([
      {
        seq: 1,
        at: 1000,
        command: "COM_QUERY",
        sql: "UPDATE t SET a = 1",
        sqlCutFrom: null,
        params: null,
        outcome: "ok",
        rows: null,
        affected: 1,
        warnings: 3,
        durationUs: 1000,
        firstByteUs: 1000,
        bytesIn: 23,
        bytesOut: 11,
        partial: false,
        decodeFailed: null,
        commandAt: { frame: 100, skip: 0 },
        answerAt: { frame: 200, skip: 0 },
        context: null,
      },
    ]);
  });

  it("is timed from its last byte to the answer's first and last", () => {
    const sent = query("SELECT v");
    const answer = result("a", "b");
    const { statements } = decode([
      ["client", sent.subarray(0, 6)],
      ["client", sent.subarray(6)],
      ["upstream", answer.subarray(0, 8)],
      ["upstream", answer.subarray(8, 20)],
      ["upstream", answer.subarray(20)],
    ]);
    expect(statements).toMatchObject([{ at: 1000, firstByteUs: 1000, durationUs: 3000, rows: 2, bytesOut: answer.length }]);
  });

  it("starts where its header does, in an earlier frame too", () => {
    const [first, second] = [query("DO 1"), query("DO 22")];
    const { statements } = decode([
      ["client", Buffer.concat([first, second.subarray(0, 2)])],
      ["client", second.subarray(2)],
      ["upstream", Buffer.concat([packets(1, ok), packets(1, ok).subarray(0, 3)])],
      ["upstream", packets(1, ok).subarray(3)],
    ]);
    expect(statements.map(({ commandAt, answerAt }) => [commandAt, answerAt])).toEqual([
      [
        { frame: 100, skip: 0 },
        { frame: 300, skip: 0 },
      ],
      [
        { frame: 100, skip: first.length },
        { frame: 300, skip: 11 },
      ],
    ]);
  });

  it("has the error that answered it, behind rows too", () => {
    const { statements, rows } = decode([
      ["client", query("SELECT v")],
      ["upstream", Buffer.concat([result("a").subarray(0, -9), packets(5, err)])],
    ]);
    expect(statements).toMatchObject([{ outcome: "error", errno: 1146, sqlstate: "42S02", message: "no such table", rows: 1 }]);
    expect(rows).toEqual([["a"]]);
  });

  it("is aborted where the session ends before its answer does", () => {
    const { statements } = decode([
      ["client", Buffer.concat([query("SELECT v"), query("DO 1")])],
      ["upstream", result("a").subarray(0, -9)],
      ["close", {}],
    ]);
    expect(statements.map(({ sql, outcome, durationUs, rows, answerAt }) => [sql, outcome, durationUs, rows, answerAt !== null])).toEqual([
      ["SELECT v", "aborted", null, 1, true],
      ["DO 1", "aborted", null, null, false],
    ]);
  });

  it("without an answer in the protocol is complete when it is sent", () => {
    expect(decode([["client", command(1)]]).statements).toMatchObject([
      { command: "COM_QUIT", outcome: "ok", durationUs: null, answerAt: null },
    ]);
  });

  it("is partial where a gap falls into it", () => {
    const gap = { reason: "capture-limit", detail: "", direction: "upstream", bytes: 9, sha256: null };
    const { statements } = decode([
      ["client", query("DO 1")],
      ["gap", gap],
      ["upstream", packets(1, ok)],
      ["client", query("DO 2")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ partial }) => partial)).toEqual([true, false]);
  });

  it("whose answer cannot be followed says so, and the next is followed again", () => {
    const { statements } = decode([
      ["client", command(0x16, "SELECT 1")],
      ["upstream", packets(1, hex("03"))],
      ["client", query("DO 2")],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ decodeFailed, outcome }) => [decodeFailed, outcome])).toEqual([
      ["a COM_STMT_PREPARE_OK was due", "ok"],
      [null, "ok"],
    ]);
  });

  it("does not own what the upstream says unasked", () => {
    const { statements } = decode([
      ["client", query("DO 1")],
      ["upstream", Buffer.concat([packets(1, ok), packets(0, err)])],
    ]);
    expect(statements).toMatchObject([{ outcome: "ok", bytesOut: 11 }]);
  });

  it("counts the bytes of its LOCAL INFILE content", () => {
    const load = query("LOAD DATA LOCAL INFILE 'f' INTO TABLE t");
    const { statements } = decode([
      ["client", load],
      ["upstream", packets(1, Buffer.from("\xfbf", "latin1"))],
      ["client", packets(2, Buffer.from("\x03looks like a query"), Buffer.alloc(0))],
      ["upstream", packets(4, ok)],
    ]);
    expect(statements).toMatchObject([{ outcome: "ok", bytesIn: load.length + 4 + 19 + 4, affected: 1 }]);
  });

  it("of 16 MiB is one, with its whole text and all its headers counted", () => {
    const sql = `SELECT '${"x".repeat(maxPayload)}'`;
    const { statements } = decode([
      ["client", query(sql)],
      ["upstream", packets(1, ok)],
    ]);
    expect(statements.map(({ sql: text, bytesIn }) => [text === sql, bytesIn])).toEqual([[true, sql.length + 1 + 8]]);
  });
});

it("tells of an error's message the same whether rows are wanted or not", () => {
  const long = Buffer.concat([hex("ff 7a04 23"), Buffer.from(`42S02${"x".repeat(9000)}`)]);
  const given: Given[] = [
    ["client", query("SELECT v")],
    ["upstream", packets(1, long)],
  ];
  expect(decode(given, 0, undefined, false).statements).toEqual(
    decode(given).statements.map((statement) => ({ ...statement, session: expect.any(String) })),
  );
});

it("reads an OK_Packet with more session state than it keeps", () => {
  const tracked = Buffer.concat([hex("00 05 00 0240 0000 00 fd"), Buffer.alloc(60_000, 1)]);
  const { statements } = decode(
    [
      ["client", query("DO 1")],
      ["upstream", packets(1, tracked)],
    ],
    Capability.SESSION_TRACK,
    undefined,
    false,
  );
  expect(statements).toMatchObject([{ affected: 5, decodeFailed: null }]);
});
