import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EventPass } from "../../proxy/evidence/events/event-pass.ts";
import type { StatementHeader } from "../../proxy/evidence/events/leaf.ts";
import { PacketWriter, toPackets } from "../../proxy/protocol/packet-writer.ts";
import { FrameKind } from "../../proxy/recording/frame.ts";
import { RecordingWriter } from "../../proxy/recording/recording-writer.ts";
import { column, eof, packets, query } from "../support/decoded-frames.ts";
import { testSaltKey } from "../support/evidence/events.ts";
import { quit } from "../support/evidence/written-frames.ts";
import { heldBytes } from "../support/held-memory.ts";
import { temporaryDirectory } from "../support/stenograph.ts";
import { openFrame } from "../support/wire/transcript.ts";

const mebibyte = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** A few seconds on an idle machine. */
const patientMs = 300_000;

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "one.steno");
});
afterEach(() => directory[Symbol.dispose]());

/** Records a SELECT of one column with these rows, a socket's chunks a frame each. */
function recordRows(rows: Iterable<Buffer>): void {
  const writer = RecordingWriter.create(file, openFrame(0));
  const append = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; at += chunkBytes) writer.append(FrameKind.upstream, 1n, bytes.subarray(at, at + chunkBytes));
  };
  writer.append(FrameKind.client, 1n, query("SELECT v"));
  append(packets(1, Buffer.of(1), column("v", 253), eof));
  for (const row of rows) append(toPackets(row, 0));
  append(packets(0, eof));
  writer.appendJson(FrameKind.close, quit[1]);
  writer.close();
}

/** Reads all events, and gives what was held at most besides what was held before, and the statement. */
function passed(): { peak: number; statement: StatementHeader } {
  const before = heldBytes();
  let peak = 0;
  let statement: StatementHeader | null = null;
  let parts = 0;
  const pass = new EventPass(file, testSaltKey, {
    part: () => {
      parts += 1;
    },
    event: ({ header }) => {
      if (header.kind === "statement") statement = header;
    },
  });
  let frames = 0;
  while (pass.read(() => ++frames % 200 === 0) === null) peak = Math.max(peak, heldBytes() - before);
  pass.close();
  expect(parts).toBeGreaterThan(3);
  return { peak, statement: statement ?? expect.fail("there is no statement") };
}

it(
  "the events of a result of 200 MB are read in a few megabytes",
  () => {
    const rows = 50_000;
    const filling = Buffer.from("x".repeat(4000));
    recordRows(
      (function* () {
        for (let row = 0; row < rows; row += 1)
          yield new PacketWriter().lengthEncodedBytes(Buffer.concat([Buffer.from(`${row} `), filling])).payload();
      })(),
    );
    const { peak, statement } = passed();
    expect(statement.results).toMatchObject([{ rows, columns: 1 }]);
    expect(peak).toBeLessThan(16 * mebibyte);
  },
  patientMs,
);

it(
  "of a row of 100 MB no more is held than is decoded of one",
  () => {
    recordRows([new PacketWriter().lengthEncodedBytes(Buffer.alloc(100 * mebibyte, "x")).payload()]);
    const { peak, statement } = passed();
    expect(statement).toMatchObject({ rows: 1, decodeFailed: true, results: [{ rows: 1, columns: 1, blocks: 1 }] });
    expect(peak).toBeLessThan(64 * mebibyte);
  },
  patientMs,
);
