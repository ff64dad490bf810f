import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StatementHeader } from "../../../../../proxy/evidence/events/leaf.ts";
import { PacketWriter } from "../../../../../proxy/protocol/packet-writer.ts";
import { column, command, eof, err, hex, ok, packets, prepareOk, query, result } from "../../../../support/decoded-frames.ts";
import { eventsOf, expectWellMade, type RecordedEvents, testSaltKey, valuesAt } from "../../../../support/evidence/events.ts";
import { type FrameToWrite, quit, writeFrames } from "../../../../support/evidence/written-frames.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";
import { openFrame } from "../../../../support/wire/transcript.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "one.steno");
});
afterEach(() => directory[Symbol.dispose]());

const multiResults = 0x20000;
const moreResults = hex("fe 0000 0a00");
const text = (value: string): Buffer => new PacketWriter().lengthEncodedText(value).payload();
const closeStatement = command(0x19, hex("01000000"));
const open = { ...openFrame(0), session: "019ab3f0-0000-7000-8000-000000000001" };

function eventsOfFrames(frames: readonly FrameToWrite[]): RecordedEvents {
  writeFrames(file, open, [...frames, quit]);
  const read = eventsOf(file);
  expect(read.end.kind).toBe("end");
  expectWellMade(read);
  return read;
}

const kinds = ({ events }: RecordedEvents): string[] =>
  events.map(({ header }) => (header.kind === "statement" ? `${header.seq} ${header.command}` : header.kind));
const statementOf = ({ events }: RecordedEvents, seq: number): StatementHeader & { n: number } =>
  events.map(({ header }) => header).find((header) => header.kind === "statement" && header.seq === seq) as StatementHeader & { n: number };

describe("the events of a session", () => {
  it("are its opening, its statements as they end, what was noted, what is missing, and its close", () => {
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["note", { kind: "annotation", text: "a note" }],
      ["upstream", result("a")],
      ["gap", { reason: "paused", detail: "d", direction: "both", bytes: 1, sha256: null }],
      ["decision", { outcome: "allow" }],
      ["client", query("DO 1")],
      ["upstream", packets(1, err)],
    ]);
    expect(kinds(read)).toEqual(["open", "note", "1 COM_QUERY", "gap", "decision", "2 COM_QUERY", "close"]);
    expect(valuesAt(read, 1, "value")).toEqual([{ kind: "annotation", text: "a note" }]);
    expect(valuesAt(read, 4, "value")).toEqual([{ outcome: "allow" }]);
    expect(valuesAt(read, 6, "detail")).toEqual([null]);
    expect(read.events[6]?.header).toMatchObject({ cause: "client-quit", clientBytes: 1, upstreamPackets: 4 });
  });

  it("say of the opening who it was, and commit to what was only claimed", () => {
    const read = eventsOfFrames([]);
    expect(read.events[0]?.header).toMatchObject({
      kind: "open",
      n: 0,
      prev: null,
      session: open.session,
      actor: { kind: "os-user", name: "tester" },
      upstream: { address: "127.0.0.1:3306", version: "9.7.0", threadId: 8 },
      compression: null,
      credential: null,
      process: null,
      signedIn: true,
    });
    expect(read.events[0]?.header).not.toHaveProperty("claimed", {});
    expect(valuesAt(read, 0, "claimed")).toEqual([{}]);
  });

  it("say of a statement what everybody may know, and of its text, rows and messages nothing", () => {
    const read = eventsOfFrames([
      ["client", query("SELECT secret FROM t WHERE card = '4111'")],
      ["upstream", result("hidden")],
      ["client", query("SELEC")],
      ["upstream", packets(1, err)],
    ]);
    expect(statementOf(read, 1)).toMatchObject({ command: "COM_QUERY", outcome: "ok", rows: 1, errno: null, decodeFailed: false });
    expect(statementOf(read, 2)).toMatchObject({ outcome: "error", errno: 1146, sqlstate: "42S02" });
    const leaves = Buffer.concat(read.events.map(({ leaf }) => leaf)).toString("utf8");
    for (const word of ["secret", "4111", "hidden", "SELEC", "no such table", "customers"]) expect(leaves).not.toContain(word);
    expect(valuesAt(read, 1, "sql/")).toEqual([
      { literal: false, text: "SELECT secret FROM t WHERE card = " },
      { literal: true, text: "'4111'" },
    ]);
    expect(valuesAt(read, 2, "details")).toMatchObject([{ message: "no such table" }]);
  });

  it("have no part twice with the same salt, and the same value never with the same commitment", () => {
    const { parts } = eventsOfFrames(
      Array.from({ length: 20 }, (): FrameToWrite[] => [
        ["client", query("DO 1, 1")],
        ["upstream", packets(1, ok)],
      ]).flat(),
    );
    expect(new Set(parts.map(({ salt }) => salt.toString("hex"))).size).toBe(parts.length);
    expect(new Set(parts.map(({ commitment }) => commitment.toString("hex"))).size).toBe(parts.length);
  });

  it("are others with another salt key", () => {
    writeFrames(file, open, [["client", query("DO 1")], ["upstream", packets(1, ok)], quit]);
    expect(eventsOf(file, 1, Buffer.alloc(32, 8)).root).not.toBe(eventsOf(file, 1, testSaltKey).root);
  });
});

describe("a result", () => {
  it("is committed to column by column, with NULL told from the empty text", () => {
    const rows = [
      ["a", ""],
      ["b", null],
      [null, "NULL"],
    ].map((row) => Buffer.concat(row.map((value) => (value === null ? Buffer.of(0xfb) : text(value)))));
    const read = eventsOfFrames([
      ["client", query("SELECT a, b")],
      ["upstream", packets(1, Buffer.of(2), column("a", 253), column("b", 253), eof, ...rows, eof)],
    ]);
    expect(statementOf(read, 1).results).toMatchObject([{ columns: 2, rows: 3, blocks: 1 }]);
    expect(valuesAt(read, 1, "results/0/blocks/0/")).toEqual([
      ["a", "b", null],
      ["", null, "NULL"],
    ]);
    expect(valuesAt(read, 1, "results/0/definitions")).toMatchObject([[{ name: "a", orgTable: "customers" }, { name: "b" }]]);
  });

  it("without rows is committed to by its definitions", () => {
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", result()],
    ]);
    expect(statementOf(read, 1).results).toMatchObject([{ columns: 1, rows: 0, blocks: 0 }]);
  });

  it("of many rows is in blocks of 256", () => {
    const values = Array.from({ length: 600 }, (_, at) => `row ${at}`);
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", result(...values)],
    ]);
    expect(statementOf(read, 1).results).toMatchObject([{ rows: 600, blocks: 3 }]);
    const blocks = valuesAt(read, 1, "results/0/blocks/") as string[][];
    expect(blocks.map(({ length }) => length)).toEqual([256, 256, 88]);
    expect(blocks.flat()).toEqual(values);
  });

  it("of long rows is in blocks of a mebicharacter, and a longer value is stood for by its hash", () => {
    const long = "x".repeat(400_000);
    const longer = "é".repeat(1_048_577);
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", result(long, long, long, longer, "last")],
    ]);
    expect(valuesAt(read, 1, "results/0/blocks/")).toEqual([
      [long, long],
      [long, { long: { kind: "text", bytes: 2_097_154, sha256: createHash("sha256").update(longer).digest("hex") } }, "last"],
    ]);
  });

  it("with a row that cannot be decoded has that row as one, and says so", () => {
    const answer = packets(1, Buffer.of(1), column("v", 253), eof, text("a"), Buffer.of(0xfc, 0x10), text("b"), eof);
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", answer],
    ]);
    expect(valuesAt(read, 1, "results/0/blocks/")).toEqual([["a", { undecoded: true }, "b"]]);
    expect(statementOf(read, 1)).toMatchObject({ rows: 3, decodeFailed: true });
    expect(valuesAt(read, 1, "details")).toMatchObject([{ decodeFailed: expect.stringContaining("text row") }]);
  });

  it("whose definitions cannot be decoded has its rows counted", () => {
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", packets(1, Buffer.of(1), Buffer.of(3), eof, text("a"), eof)],
    ]);
    expect(statementOf(read, 1)).toMatchObject({ rows: 1, decodeFailed: true, results: [{ columns: 0, rows: 1, blocks: 0 }] });
  });

  it("is one of several in their order", () => {
    const one = packets(1, Buffer.of(1), column("v", 253), eof, text("first"), moreResults);
    const two = packets(6, Buffer.of(1), column("w", 253), eof, text("second"), eof);
    writeFrames(file, { ...open, capabilities: multiResults }, [
      ["client", query("CALL p()")],
      ["upstream", Buffer.concat([one, two])],
      quit,
    ]);
    const read = eventsOf(file);
    expectWellMade(read);
    expect(statementOf(read, 1).results).toHaveLength(2);
    expect(valuesAt(read, 1, "results/1/blocks/")).toEqual([["second"]]);
  });

  it("behind the first thousand of a statement is committed to with the others behind them", () => {
    const some = (last: boolean): Buffer => packets(1, Buffer.of(1), column("v", 253), eof, text("v"), last ? eof : moreResults);
    const answer = Buffer.concat(Array.from({ length: 1003 }, (_, at) => some(at === 1002)));
    writeFrames(file, { ...open, capabilities: multiResults }, [["client", query("CALL p()")], ["upstream", answer], quit]);
    const read = eventsOf(file);
    expectWellMade(read);
    expect(statementOf(read, 1).results).toHaveLength(1000);
    expect(statementOf(read, 1).furtherResults).toMatchObject({ results: 3, parts: 6 });
    expect(valuesAt(read, 1, "results/1002/blocks/")).toEqual([["v"]]);
  });
});

describe("a prepared statement", () => {
  it("is committed to with its text and each of its parameters", () => {
    const bound = hex("17 01000000 00 01000000 00 01 fe00 fe00");
    const read = eventsOfFrames([
      ["client", command(0x16, "SELECT ?, ?")],
      ["upstream", prepareOk(1, 0, 2)],
      ["client", packets(0, Buffer.concat([bound, text("one"), text("two")]))],
      ["upstream", packets(1, ok)],
    ]);
    expect(statementOf(read, 2)).toMatchObject({ command: "COM_STMT_EXECUTE", params: { count: 2 }, sql: { segments: 1, bytes: 11 } });
    expect(valuesAt(read, 2, "params/")).toEqual([
      { name: null, type: "MYSQL_TYPE_STRING", unsigned: false, value: "one", indicator: null },
      { name: null, type: "MYSQL_TYPE_STRING", unsigned: false, value: "two", indicator: null },
    ]);
  });
});

describe("what ends while the rows of a statement are coming", () => {
  const answer = result("a", "b", "c");
  const middle = answer.length - 12;

  it("follows that statement, in order", () => {
    const read = eventsOfFrames([
      ["client", query("SELECT v")],
      ["upstream", answer.subarray(0, middle)],
      ["client", Buffer.concat([closeStatement, closeStatement])],
      ["note", { kind: "annotation", text: "meanwhile" }],
      ["gap", { reason: "paused", detail: "d", direction: "both", bytes: 1, sha256: null }],
      ["upstream", answer.subarray(middle)],
    ]);
    expect(kinds(read)).toEqual(["open", "1 COM_QUERY", "2 COM_STMT_CLOSE", "3 COM_STMT_CLOSE", "note", "gap", "close"]);
  });

  it("follows it where there is more of that than is held in memory", () => {
    const many = 8000;
    writeFrames(file, open, [
      ["client", query("SELECT v")],
      ["upstream", answer.subarray(0, middle)],
      ...Array.from(
        { length: many / 100 },
        (): FrameToWrite => ["client", Buffer.concat(Array.from({ length: 100 }, () => closeStatement))],
      ),
      ["upstream", answer.subarray(middle)],
      quit,
    ]);
    const read = eventsOf(file);
    expect(read.events).toHaveLength(many + 3);
    expect(read.events.slice(1, -1).map(({ header }) => header.kind === "statement" && header.seq)).toEqual(
      Array.from({ length: many + 1 }, (_, at) => at + 1),
    );
  });
});

describe("reading", () => {
  const cell = fc.option(fc.string({ maxLength: 20 }), { nil: null });
  const answered = fc.oneof(
    fc.constant(packets(1, ok)),
    fc.constant(packets(1, err)),
    fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 12 }).map((rows) => {
      const bytes = rows.map((row) => Buffer.concat(row.map((value) => (value === null ? Buffer.of(0xfb) : text(value)))));
      return packets(1, Buffer.of(2), column("a", 253), column("b", 252), eof, ...bytes, eof);
    }),
  );
  const statement = fc.tuple(fc.string({ maxLength: 40 }), answered).map(([sql, answer]): FrameToWrite[] => [
    ["client", query(sql)],
    ["upstream", answer],
  ]);
  const unanswered = fc.constant<FrameToWrite[]>([["client", closeStatement]]);
  const aside = fc.constantFrom<FrameToWrite[]>([["note", { kind: "annotation", text: "\ud800" }]], [["gap", { bytes: 0 }]]);
  const session = fc.array(fc.oneof({ weight: 4, arbitrary: statement }, unanswered, aside), { maxLength: 12 }).map((all) => all.flat());
  /** The same bytes in frames that are cut anywhere. */
  const cut = (frames: readonly FrameToWrite[], at: number): FrameToWrite[] =>
    frames.flatMap(([kind, payload]): FrameToWrite[] =>
      Buffer.isBuffer(payload) && payload.length > 1
        ? [
            [kind, payload.subarray(0, 1 + (at % (payload.length - 1)))],
            [kind, payload.subarray(1 + (at % (payload.length - 1)))],
          ]
        : [[kind, payload]],
    );

  it("makes what it promises of any session, in one go or in slices, again and again", () => {
    fc.assert(
      fc.property(session, fc.nat(), fc.integer({ min: 1, max: 5 }), (frames, at, slice) => {
        writeFrames(file, open, [...cut(frames, at), quit]);
        const whole = eventsOf(file);
        expectWellMade(whole);
        expect(eventsOf(file, slice)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("never throws for what a recording holds", () => {
    const kind = fc.constantFrom("open", "client", "upstream", "decision", "note", "gap", "close", "seal") as fc.Arbitrary<FrameToWrite[0]>;
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.object(),
      fc.constantFrom(...[query("SELECT v"), result("a"), closeStatement]),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, payload), { maxLength: 20 }), (frames) => {
        writeFrames(file, open, [...frames, quit]);
        expectWellMade(eventsOf(file));
      }),
    );
  });

  it("says where a torn recording ends", () => {
    writeFrames(file, open, [["client", query("SELECT v")], quit]);
    fs.truncateSync(file, fs.statSync(file).size - 3);
    expect(eventsOf(file).end).toMatchObject({ kind: "torn" });
  });
});
