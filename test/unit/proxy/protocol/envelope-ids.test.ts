import { describe, expect, it } from "vitest";
import { Capability } from "../../../../proxy/protocol/capabilities.ts";
import { AnswerEnvelopeIds, CommandEnvelopeIds, type EnvelopeIds } from "../../../../proxy/protocol/envelope-ids.ts";
import { toPackets } from "../../../../proxy/protocol/packet-writer.ts";

const query = toPackets(Buffer.from("\u0003DO 1"), 0);
const ok = toPackets(Buffer.from("00000002000000", "hex"), 1);
const moreOk = toPackets(Buffer.from("0000000a000000", "hex"), 1);
const fileRequest = toPackets(Buffer.from("\xfbfile", "latin1"), 1);

/** Sends `bytes` in one envelope for each part, and gives their ids and lengths. */
function sent(ids: EnvelopeIds, bytes: Buffer): [id: number, length: number][] {
  const parts = ids.parts(bytes);
  const last = parts.at(-1);
  if (last !== undefined) ids.next = (last.id + 1) & 0xff;
  return parts.map((part) => [part.id, part.bytes.length]);
}

const towardsClient = (): AnswerEnvelopeIds => new AnswerEnvelopeIds(Capability.PROTOCOL_41, 0);

describe("the ids of envelopes with answers", () => {
  it("follow on the last envelope of the command that is answered, and on each other", () => {
    const ids = towardsClient();
    ids.came(query.subarray(0, 5), 0);
    ids.came(query.subarray(5), 1);
    expect(sent(ids, moreOk)).toEqual([[2, moreOk.length]]);
    expect(sent(ids, ok)).toEqual([[3, ok.length]]);
    ids.came(query, 0);
    expect(sent(ids, ok)).toEqual([[1, ok.length]]);
  });

  it("start again with each answer to commands that were sent ahead, wherever the answers are cut", () => {
    const ids = towardsClient();
    for (let command = 0; command < 4; command += 1) ids.came(query, 0);
    expect(sent(ids, Buffer.concat([moreOk, ok, ok, ok.subarray(0, 3)]))).toEqual([
      [1, moreOk.length + ok.length],
      [1, ok.length],
      [1, 3],
    ]);
    expect(sent(ids, Buffer.concat([ok.subarray(3), ok]))).toEqual([
      [2, ok.length - 3],
      [1, ok.length],
    ]);
  });

  it("follow on the content of a local file, and begin again with 0 behind 255", () => {
    const ids = towardsClient();
    ids.came(query, 0);
    expect(sent(ids, fileRequest)).toEqual([[1, fileRequest.length]]);
    ids.came(toPackets(Buffer.from("1\n"), 2), 254);
    ids.came(toPackets(Buffer.alloc(0), 3), 255);
    expect(sent(ids, ok)).toEqual([[0, ok.length]]);
  });

  it("count on where no answer is due", () => {
    const ids = towardsClient();
    ids.came(query, 0);
    sent(ids, ok);
    expect(sent(ids, ok)).toEqual([[2, ok.length]]);
  });
});

describe("the ids of envelopes with commands", () => {
  it("start with 0 for each command, and follow on what came in between", () => {
    const ids = new CommandEnvelopeIds();
    expect(sent(ids, Buffer.concat([query, query]))).toEqual([
      [0, query.length],
      [0, query.length],
    ]);
    ids.came(fileRequest, 1);
    expect(sent(ids, toPackets(Buffer.from("1\n"), 2))).toEqual([[2, 6]]);
  });
});
