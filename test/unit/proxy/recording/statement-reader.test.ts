import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { RecordingPosition, Statement } from "../../../../proxy/model/statement.ts";
import type { Value } from "../../../../proxy/model/value.ts";
import { Capability, has } from "../../../../proxy/protocol/capabilities.ts";
import { FrameReader } from "../../../../proxy/recording/frame-reader.ts";
import { readRows } from "../../../../proxy/recording/result-reader.ts";
import { SessionDecoder } from "../../../../proxy/recording/session-decoder.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";
import { type CapturedSession, capturedSessions, turnsOf } from "../../../support/wire/captured.ts";
import { decodeAll, decodeAlone } from "../../../support/wire/decode.ts";
import { openFrame, type Stretch, writeRecording } from "../../../support/wire/transcript.ts";

const directory = temporaryDirectory();
afterAll(() => directory[Symbol.dispose]());
let files = 0;

function recorded(session: CapturedSession, stretches: readonly Stretch[], closed = true): string {
  files += 1;
  const file = path.join(directory.path, `${files}.steno`);
  writeRecording(file, openFrame(session.capabilities), stretches, closed);
  return file;
}

/** Sends several commands before their answers; turns in which the client answers the server stay alone. */
function pipelined(turns: readonly Stretch[][], depths: readonly number[]): Stretch[] {
  const out: Stretch[] = [];
  let waiting: Stretch[] = [];
  let depth = 0;
  turns.forEach((turn, index) => {
    const alone = turn.length > 2;
    if (alone || depth >= (depths[index % depths.length] ?? 1)) {
      out.push(...waiting);
      waiting = [];
      depth = 0;
    }
    out.push(...(alone ? turn : turn.slice(0, 1)));
    if (alone) return;
    waiting.push(...turn.slice(1));
    depth += 1;
  });
  return [...out, ...waiting];
}

/** Joins neighbours of one direction and cuts them again, into pieces of the given sizes in turn. */
function chunked(stretches: readonly Stretch[], sizes: readonly number[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last?.from === stretch.from) joined[joined.length - 1] = { from: last.from, bytes: Buffer.concat([last.bytes, stretch.bytes]) };
    else joined.push(stretch);
  }
  let turn = 0;
  return joined.flatMap(({ from, bytes }) => {
    const pieces: Stretch[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = sizes[turn % sizes.length] ?? bytes.length;
      turn += 1;
      pieces.push({ from, bytes: bytes.subarray(at, at + size) });
      at += size;
    }
    return pieces;
  });
}

/** What of a statement does not depend on the session and on how its bytes came. */
function timeless(statement: Statement): Partial<Statement> {
  const { session, at, durationUs, firstByteUs, commandAt, answerAt, ...rest } = statement;
  return rest;
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 5000 })), { minLength: 1, maxLength: 12 });
const depths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });
const runs = { numRuns: 25 };

describe.each(
  capturedSessions().map(
    (session) =>
      [`${session.server} ${has(session.capabilities, Capability.DEPRECATE_EOF) ? "without" : "with"} EOF_Packets`, session] as [
        string,
        CapturedSession,
      ],
  ),
)("a session of %s", (_, session) => {
  const turns = turnsOf(session);
  const whole = decodeAll(recorded(session, turns.flat()));
  const inOrder = [...whole].sort((a, b) => a.statement.seq - b.statement.seq);

  it("decodes without a failure but for what names a statement that was closed", () => {
    expect(whole).toHaveLength(session.answers.length);
    const failed = whole.filter(({ statement }) => statement.decodeFailed !== null);
    expect(failed.map(({ statement }) => session.answers[statement.seq - 1]?.what)).toEqual(["an execution of what is closed"]);
  });

  it("decodes to the same statements and rows however it is cut into frames", () => {
    fc.assert(
      fc.property(sizes, (pieces) => {
        const cut = decodeAll(recorded(session, chunked(turns.flat(), pieces)));
        expect(cut.map(({ statement }) => timeless(statement))).toEqual(whole.map(({ statement }) => timeless(statement)));
        expect(cut.map(({ results }) => results.map(({ rows }) => rows))).toEqual(
          whole.map(({ results }) => results.map(({ rows }) => rows)),
        );
      }),
      runs,
    );
  });

  it("gives each statement alone, and any window of its rows, as the whole does", () => {
    fc.assert(
      fc.property(sizes, (pieces) => {
        const file = recorded(session, chunked(turns.flat(), pieces));
        const all = decodeAll(file);
        for (const each of all) {
          expect(decodeAlone(file, each.statement.seq, all)).toEqual(each);
          for (const { columns, rows, at, binary } of each.results) {
            at.forEach((from, index) => {
              for (const limit of [1, 2, 1000]) {
                const read: { values: readonly Value[] | null; at: RecordingPosition }[] = [];
                const window = { columns, binary, from, skip: 0, limit };
                const ended = readRows(file, window, (values, at) => read.push({ values, at }));
                expect(read.map(({ values }) => values)).toEqual(rows.slice(index, index + limit));
                expect(read.map((row) => row.at)).toEqual(at.slice(index, index + limit));
                if (limit === 1000) expect(ended).toBe(true);
              }
            });
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  it("gives the same where commands are pipelined", () => {
    fc.assert(
      fc.property(depths, sizes, (ahead, pieces) => {
        const file = recorded(session, chunked(pipelined(turns, ahead), pieces));
        const all = decodeAll(file);
        const sorted = [...all].sort((a, b) => a.statement.seq - b.statement.seq);
        expect(sorted.map(({ statement }) => outcomeOf(statement))).toEqual(inOrder.map(({ statement }) => outcomeOf(statement)));
        for (const each of all) expect(decodeAlone(file, each.statement.seq, all)).toEqual(each);
      }),
      runs,
    );
  });

  it("is indexed without rows and parameters to the same statements", () => {
    const file = recorded(session, turns.flat());
    const indexed: Statement[] = [];
    const decoder = new SessionDecoder(
      { statement: (statement) => void indexed.push(statement) },
      { commandBytes: 1 << 22, params: false },
    );
    const reader = new FrameReader(file);
    reader.read((frame) => decoder.frame(frame));
    reader.close();
    const plain = (statement: Statement) => ({ ...statement, params: null, attributes: [] });
    expect(indexed.map(plain)).toEqual(decodeAll(file).map(({ statement }) => plain(statement)));
  });

  it("has no statement where its end is not recorded yet", () => {
    const stretches = turns.flat();
    const half = stretches.slice(0, stretches.length / 2);
    const last = half.at(-1);
    const cut = last === undefined ? [] : [...half.slice(0, -1), { from: last.from, bytes: last.bytes.subarray(0, -1) }];
    const open = decodeAll(recorded(session, cut, false));
    const file = recorded(session, cut);
    const all = decodeAll(file);
    expect(all.length - open.length).toBeLessThanOrEqual(1);
    for (const each of all) expect(decodeAlone(file, each.statement.seq, all)).toEqual(each);
  });
});

/** What a pipelining client and one that waits have in common. What a command without an answer names may not be known yet when it is sent ahead. */
function outcomeOf({ seq, command, sql, params, outcome, rows, affected, errno }: Statement): Partial<Statement> {
  const names = command === "COM_STMT_CLOSE" || command === "COM_STMT_SEND_LONG_DATA" ? {} : { sql, params };
  return { seq, command, ...names, outcome, rows, affected, errno };
}

it("gives nothing for a statement that the recording does not hold to its end", () => {
  const [session] = capturedSessions();
  if (session === undefined) throw new Error("nothing was captured");
  const stretches = turnsOf(session).flat().slice(0, 7);
  const whole = decodeAll(recorded(session, stretches));
  const file = recorded(session, stretches.slice(0, -1), false);
  const last = whole.at(-1)?.statement.seq ?? 0;
  expect(decodeAlone(file, last, whole)).toBeNull();
  expect(fs.existsSync(file)).toBe(true);
});
