import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketFramer } from "../../../../proxy/protocol/packet-framer.ts";
import { maxPayload, toPackets } from "../../../../proxy/protocol/packet-writer.ts";

/** What a sink was told of one packet. `at`: where its header starts in the stream. */
interface Seen {
  readonly first: number;
  readonly at: number;
  readonly end: number;
  readonly length: number;
  readonly kept: string;
  readonly lastSequenceId: number;
}

/** Pushes `stream` in chunks that end at `cuts`, tracking positions as readers of recordings do. */
function framed(stream: Buffer, cuts: readonly number[], keep = Number.POSITIVE_INFINITY): { seen: Seen[]; framer: PacketFramer } {
  const seen: Seen[] = [];
  let base = 0;
  let openHeader = -1;
  let begun = { first: 0, at: 0 };
  const framer = new PacketFramer(
    {
      begin: (first, _sequenceId, chunkOffset) => {
        begun = { first, at: chunkOffset < 0 ? openHeader : base + chunkOffset };
      },
      packet: (bytes, start, kept, length, lastSequenceId, chunkEnd) =>
        void seen.push({ ...begun, end: base + chunkEnd, length, kept: bytes.toString("hex", start, start + kept), lastSequenceId }),
    },
    keep,
  );
  const ends = [...cuts.filter((cut) => cut > 0 && cut < stream.length).sort((a, b) => a - b), stream.length];
  for (const end of ends) {
    framer.push(stream.subarray(base, end));
    if (framer.openHeaderAt >= 0) openHeader = base + framer.openHeaderAt;
    base = end;
  }
  return { seen, framer };
}

const payloads = fc.array(
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 8 },
);
const streams = payloads.map((list) => ({ list, stream: Buffer.concat(list.map((payload, index) => toPackets(payload, index))) }));

describe("the framer", () => {
  it("tells the same of every packet however the stream is cut", () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(140), { maxLength: 20 }), ({ list, stream }, cuts) => {
        const { seen, framer } = framed(stream, cuts);
        let at = 0;
        const expected = list.map((payload, index) => {
          const start = at;
          at += payload.length + 4;
          return {
            first: payload[0] ?? -1,
            at: start,
            end: at,
            length: payload.length,
            kept: payload.toString("hex"),
            lastSequenceId: index,
          };
        });
        expect(seen).toEqual(expected);
        expect(framer.atBoundary).toBe(true);
      }),
    );
  });

  it("tells the same of a stream that comes byte by byte", () => {
    const stream = Buffer.concat([toPackets(Buffer.from("abc"), 0), toPackets(Buffer.alloc(0), 1), toPackets(Buffer.from("de"), 2)]);
    const everywhere = Array.from({ length: stream.length }, (_, cut) => cut);
    expect(framed(stream, everywhere).seen).toEqual(framed(stream, []).seen);
  });

  it("keeps no more of a payload than is wanted", () => {
    const stream = toPackets(Buffer.from("abcdefgh"), 0);
    for (let cut = 0; cut < stream.length; cut += 1) {
      expect(framed(stream, [cut], 3).seen[0]).toMatchObject({ kept: Buffer.from("abc").toString("hex"), length: 8 });
    }
  });

  it("knows where it stands between packets, in headers and in payloads", () => {
    const stream = Buffer.concat([toPackets(Buffer.from("abc"), 0), toPackets(Buffer.from("de"), 1)]);
    const standings = Array.from({ length: stream.length }, (_, end) => {
      const framer = framed(stream.subarray(0, end), []).framer;
      return [end, framer.atBoundary, framer.inHeader, framer.openHeaderAt];
    });
    expect(standings).toEqual([
      [0, true, false, -1],
      [1, false, true, 0],
      [2, false, true, 0],
      [3, false, true, 0],
      [4, false, true, 0],
      [5, false, false, -1],
      [6, false, false, -1],
      [7, true, false, -1],
      [8, false, true, 7],
      [9, false, true, 7],
      [10, false, true, 7],
      [11, false, true, 7],
      [12, false, false, -1],
    ]);
  });

  it("says that an open header started in an earlier chunk", () => {
    const { framer } = framed(toPackets(Buffer.from("abc"), 0).subarray(0, 3), [1, 2]);
    expect([framer.inHeader, framer.openHeaderAt]).toEqual([true, -1]);
  });

  it("gives the number of the last packet, which wraps", () => {
    const stream = Buffer.concat([254, 255, 256, 257].map((sequence) => toPackets(Buffer.of(1), sequence)));
    expect(framed(stream, [2, 9]).seen.map(({ lastSequenceId }) => lastSequenceId)).toEqual([254, 255, 0, 1]);
  });
});

describe("a payload of 16 MiB and more", () => {
  const cases: [string, number, number][] = [
    ["one byte less than a packet holds", maxPayload - 1, 1],
    ["exactly what a packet holds, and so continued by an empty one", maxPayload, 2],
    ["one byte more", maxPayload + 1, 2],
    ["exactly two packets full", 2 * maxPayload, 3],
  ];
  it.each(cases)("is one logical packet: %s", (_, length, parts) => {
    const payload = Buffer.alloc(length, 0x61);
    payload[length - 1] = 0x7a;
    const stream = Buffer.concat([toPackets(payload, 255), toPackets(Buffer.from("next"), 9)]);
    expect(stream.length).toBe(length + 4 * parts + 8);
    const chunks = Array.from({ length: Math.ceil(stream.length / 65_521) }, (_unused, index) => index * 65_521);
    const headerCuts = [maxPayload + 4, maxPayload + 6];
    for (const cuts of [[], chunks, headerCuts]) {
      const { seen, framer } = framed(stream, cuts, 4);
      expect(
        seen.map(({ end, first, at, length: whole, kept, lastSequenceId }) => ({ end, first, at, whole, kept, lastSequenceId })),
      ).toEqual([
        { end: stream.length - 8, first: 0x61, at: 0, whole: length, kept: "61616161", lastSequenceId: (255 + parts - 1) & 0xff },
        { end: stream.length, first: 0x6e, at: stream.length - 8, whole: 4, kept: "6e657874", lastSequenceId: 9 },
      ]);
      expect(framer.atBoundary).toBe(true);
    }
  });

  it("is kept whole where all of it is wanted", () => {
    const payload = Buffer.alloc(maxPayload + 3, 0x61);
    const seen: Buffer[] = [];
    const packet = (bytes: Buffer, start: number, kept: number): void => void seen.push(bytes.subarray(start, start + kept));
    new PacketFramer({ packet }, Number.POSITIVE_INFINITY).push(toPackets(payload, 0));
    expect(seen.map((bytes) => payload.equals(bytes))).toEqual([true]);
  });
});
