import path from "node:path";
import { expect, it } from "vitest";
import type { StatementSecretNote } from "../../../../proxy/model/session.ts";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { encodeErrPacket } from "../../../../proxy/protocol/err-packet.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { FrameKind } from "../../../../proxy/recording/frame.ts";
import { RecordingWriter } from "../../../../proxy/recording/recording-writer.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";
import { decodeAll, decodeAlone } from "../../../support/wire/decode.ts";
import { openFrame } from "../../../support/wire/transcript.ts";

type Frame = readonly ["client" | "upstream", Buffer] | readonly ["note", StatementSecretNote["direction"], number];

const query = (sql: string): Buffer => toPackets(Buffer.from(`\x03${sql}`), 0);
const ok = toPackets(Buffer.from("00000002000000", "hex"), 1);
const err = toPackets(encodeErrPacket({ errno: 1064, sqlstate: "42000", message: "near '<redacted>' at line 1" }), 1);

function marks(frames: readonly Frame[]): { seq: number; redacted: number }[] {
  using directory = temporaryDirectory();
  const file = path.join(directory.path, "one.steno");
  const writer = RecordingWriter.create(file, openFrame(Capability.PROTOCOL_41));
  for (const frame of frames) {
    if (frame[0] === "note") {
      const [, direction, count] = frame;
      writer.appendJson(FrameKind.note, { kind: "redacted", what: "statement-secret", direction, count });
    } else writer.append(FrameKind[frame[0]], 1_795_000_000_000_000_000n, frame[1]);
  }
  writer.close();
  const all = decodeAll(file);
  for (const { statement } of all) expect(decodeAlone(file, statement.seq, all)?.statement).toEqual(statement);
  return all.map(({ statement: { seq, redacted } }) => ({ seq, redacted }));
}

it("a statement is marked by the note before it, whole or alone, and its neighbours are not", () => {
  expect(
    marks([
      ["client", query("SELECT 1")],
      ["upstream", ok],
      ["note", "client", 2],
      ["client", query("ALTER USER u IDENTIFIED BY '<redacted>' REPLACE '<redacted>'")],
      ["upstream", ok],
      ["client", query("SELECT 2")],
      ["upstream", ok],
    ]),
  ).toEqual([
    { seq: 1, redacted: 0 },
    { seq: 2, redacted: 2 },
    { seq: 3, redacted: 0 },
  ]);
});

it("commands that are sent ahead are marked each by its own notes, and so are their errors", () => {
  expect(
    marks([
      ["note", "client", 1],
      ["client", query("SET PASSWORD = '<redacted>'")],
      ["client", query("SELECT 1")],
      ["note", "client", 3],
      ["client", query("ALTER USER x")],
      ["upstream", ok],
      ["upstream", ok],
      ["note", "upstream", 1],
      ["upstream", err],
    ]),
  ).toEqual([
    { seq: 1, redacted: 1 },
    { seq: 2, redacted: 0 },
    { seq: 3, redacted: 4 },
  ]);
});

it("a note within a long command marks that command", () => {
  const long = query(`SELECT '${"x".repeat(100)}'; SET PASSWORD = '*******'`);
  expect(
    marks([
      ["client", long.subarray(0, 50)],
      ["note", "client", 1],
      ["client", long.subarray(50)],
      ["upstream", ok],
      ["client", query("SELECT 1")],
      ["upstream", ok],
    ]),
  ).toEqual([
    { seq: 1, redacted: 1 },
    { seq: 2, redacted: 0 },
  ]);
});
