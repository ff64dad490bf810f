import { describe, expect, it } from "vitest";
import { AnswerNumbering } from "../../../../proxy/protocol/answer-numbering.ts";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";
import { capturedSessions, turnsOf } from "../../../support/wire/captured.ts";

const okPayload = Buffer.from("00000002000000", "hex");
const moreOk = Buffer.from("0000000a000000", "hex");
const query = toPackets(Buffer.from("\u0003DO 1"), 0);

function idsOf(bytes: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUIntLE(at, 3)) ids.push(bytes[at + 3] as number);
  return ids;
}

function renumbered(numbering: AnswerNumbering, packets: readonly Buffer[], size = Number.POSITIVE_INFINITY): number[] {
  const bytes = Buffer.concat(packets);
  for (let at = 0; at < bytes.length; at += size) numbering.renumber(bytes.subarray(at, Math.min(at + size, bytes.length)));
  return idsOf(bytes);
}

describe("the ids of answers", () => {
  it("follow on the command and on each other, whatever they came with", () => {
    const numbering = new AnswerNumbering(Capability.PROTOCOL_41);
    numbering.sent(query);
    expect(renumbered(numbering, [toPackets(moreOk, 1), toPackets(moreOk, 7), toPackets(okPayload, 8)])).toEqual([1, 2, 3]);
    numbering.sent(query);
    expect(renumbered(numbering, [toPackets(okPayload, 4)])).toEqual([1]);
  });

  it("start anew with each answer to commands that were sent ahead", () => {
    const numbering = new AnswerNumbering(Capability.PROTOCOL_41);
    numbering.sent(Buffer.concat([query, query]));
    expect(renumbered(numbering, [toPackets(moreOk, 1), toPackets(okPayload, 5), toPackets(okPayload, 1)])).toEqual([1, 2, 1]);
  });

  it("follow on the content of a local file", () => {
    const numbering = new AnswerNumbering(Capability.PROTOCOL_41);
    numbering.sent(query);
    expect(renumbered(numbering, [toPackets(Buffer.from("\xfbfile", "latin1"), 1)])).toEqual([1]);
    numbering.sent(Buffer.concat([toPackets(Buffer.from("1\n"), 2), toPackets(Buffer.alloc(0), 3)]));
    expect(renumbered(numbering, [toPackets(okPayload, 9)])).toEqual([4]);
  });

  it("stay as they are where no answer is due", () => {
    expect(renumbered(new AnswerNumbering(Capability.PROTOCOL_41), [toPackets(okPayload, 0)])).toEqual([0]);
  });

  it.each([1, 3, 4, 5, 64])("of real servers are not changed where they are in order, cut into pieces of %i bytes", (size) => {
    for (const session of capturedSessions()) {
      const numbering = new AnswerNumbering(session.capabilities);
      for (const stretch of turnsOf(session).flat()) {
        if (stretch.from === "client") numbering.sent(stretch.bytes);
        else expect(renumbered(numbering, [stretch.bytes], size)).toEqual(idsOf(stretch.bytes));
      }
    }
  });
});
