import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  encodeFileHeader,
  encodeFrame,
  FrameKind,
  fileHeaderBytes,
  maxFramePayload,
  microsOfFrame,
} from "../../../../proxy/recording/frame.ts";
import { FrameReader, type ReadEnd } from "../../../../proxy/recording/frame-reader.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";

const directory = temporaryDirectory();
afterAll(() => directory[Symbol.dispose]());
const file = path.join(directory.path, "one.steno");

const payloads = ["", "a", "some bytes", "x".repeat(1000), "end"].map((text) => Buffer.from(text));
const frames = payloads.map((payload, index) => encodeFrame(FrameKind.client, 1_795_000_000_000_000_000n + BigInt(index * 1000), payload));
const whole = Buffer.concat([encodeFileHeader(), ...frames]);
/** Where each frame ends in the file. */
const ends = frames.map((_, index) => fileHeaderBytes + frames.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0));

function readAll(bytes: Buffer): { read: Buffer[]; end: ReadEnd } {
  fs.writeFileSync(file, bytes);
  const reader = new FrameReader(file);
  const read: Buffer[] = [];
  const end = reader.read(({ payload }) => void read.push(Buffer.from(payload)));
  reader.close();
  return { read, end };
}

describe("a recording's frames", () => {
  it("are read as they were written, with their places and times", () => {
    fs.writeFileSync(file, whole);
    const reader = new FrameReader(file);
    const seen: [number, number, number, number][] = [];
    const end = reader.read(({ kind, at, offset, end: behind }) => void seen.push([kind, at, offset, behind]));
    reader.close();
    expect(end).toEqual({ kind: "end", offset: whole.length });
    expect(seen).toEqual(
      ends.map((behind, index) => [FrameKind.client, 1_795_000_000_000_000 + index, ends[index - 1] ?? fileHeaderBytes, behind]),
    );
  });

  it("are read up to the last whole one, wherever the file ends", () => {
    for (let length = 0; length < whole.length; length += 1) {
      const { read, end } = readAll(whole.subarray(0, length));
      const complete = ends.filter((at) => at <= length).length;
      expect(read).toEqual(payloads.slice(0, complete));
      const atBoundary = length === fileHeaderBytes || ends.includes(length);
      const offset = length < fileHeaderBytes ? 0 : (ends[complete - 1] ?? fileHeaderBytes);
      expect(end).toMatchObject({ kind: atBoundary ? "end" : "torn", offset });
    }
  });

  it("are never given where a bit of them is flipped", () => {
    for (let bit = 0; bit < whole.length * 8; bit += 7) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { read, end } = readAll(bytes);
      const damaged = ends.filter((at) => at <= bit >> 3).length;
      expect(read).toEqual(bit >> 3 < fileHeaderBytes ? [] : payloads.slice(0, damaged));
      expect(end.kind).not.toBe("end");
    }
  });

  it("cost no memory that a damaged length asks for", () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(maxFramePayload, ends[1] ?? 0);
    const before = process.memoryUsage().arrayBuffers;
    expect(readAll(bytes).end).toMatchObject({ kind: "torn", offset: ends[1] });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    bytes.writeUInt32LE(maxFramePayload + 1, ends[1] ?? 0);
    expect(readAll(bytes).end).toMatchObject({ kind: "damaged", offset: ends[1] });
  });

  it("larger than a block are read whole", () => {
    const large = [Buffer.alloc(300_000, 1), Buffer.alloc(10, 2), Buffer.alloc(1_000_000, 3)];
    const { read, end } = readAll(
      Buffer.concat([encodeFileHeader(), ...large.map((payload) => encodeFrame(FrameKind.upstream, 1n, payload))]),
    );
    expect(end.kind).toBe("end");
    expect(read.map((payload, index) => payload.equals(large[index] ?? Buffer.alloc(0)))).toEqual([true, true, true]);
  });
});

describe("a reader of a growing file", () => {
  it("gives every frame once, however the file grows", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1 }), fc.boolean(), (steps, oneAtATime) => {
        fs.writeFileSync(file, "");
        const reader = new FrameReader(file);
        const read: string[] = [];
        let written = 0;
        const readOn = (): void => {
          let more = true;
          while (more) {
            more = false;
            reader.read(({ payload }) => {
              read.push(payload.toString());
              more = oneAtATime;
              return !oneAtATime;
            });
          }
        };
        for (let turn = 0; written < whole.length; turn += 1) {
          const next = written + (steps[turn % steps.length] ?? 1);
          fs.appendFileSync(file, whole.subarray(written, next));
          written = next;
          readOn();
        }
        reader.close();
        expect(read).toEqual(payloads.map((payload) => payload.toString()));
      }),
      { numRuns: 40 },
    );
  });

  it("does not mix a half-written frame that was taken back with what was written in its place", () => {
    const [first, second] = [
      encodeFrame(FrameKind.client, 1n, Buffer.alloc(50, 1)),
      encodeFrame(FrameKind.client, 2n, Buffer.alloc(30, 2)),
    ];
    const replacement = encodeFrame(FrameKind.gap, 3n, Buffer.alloc(40, 3));
    const start = Buffer.concat([encodeFileHeader(), first]);
    for (let half = 1; half < second.length; half += 1) {
      fs.writeFileSync(file, Buffer.concat([start, second.subarray(0, half)]));
      const reader = new FrameReader(file);
      const kinds: number[] = [];
      reader.read(({ kind }) => {
        kinds.push(kind);
        return false;
      });
      fs.truncateSync(file, start.length);
      fs.appendFileSync(file, replacement);
      expect(reader.read(({ kind }) => void kinds.push(kind))).toEqual({ kind: "end", offset: start.length + replacement.length });
      reader.close();
      expect(kinds).toEqual([FrameKind.client, FrameKind.gap]);
    }
  });
});

it.each([
  ["an empty file", Buffer.alloc(0), "torn", "the file is shorter than its header"],
  ["another kind of file", Buffer.from("SQLite format 3\0"), "damaged", "this is not a recording"],
  [
    "a later version",
    Buffer.concat([Buffer.from("STENOREC"), Buffer.of(9, 0, 0, 0)]),
    "damaged",
    "this recording has version 9; this program reads version 1",
  ],
])("says of %s what is wrong with it", (_, bytes, kind, reason) => {
  expect(readAll(bytes)).toEqual({ read: [], end: { kind, offset: 0, reason } });
});

it("a frame's time in microseconds is exact", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 9_000_000_000_000_000_000n }), (ns) => {
      expect(microsOfFrame(encodeFrame(FrameKind.client, ns, Buffer.alloc(0)))).toBe(Number(ns / 1000n));
    }),
  );
});

describe("frames that are good until the next one is read", () => {
  it("are what was written, whatever their sizes", () => {
    const sizes = [0, 10, 300_000, 1, 70_000, 70_000, 70_000, 2_000_000, 100, 1_048_576, 65_536];
    const written = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    fs.writeFileSync(file, Buffer.concat([encodeFileHeader(), ...written.map((payload) => encodeFrame(FrameKind.client, 1n, payload))]));
    const reader = new FrameReader(file, 0, "transient");
    const same: boolean[] = [];
    reader.read(({ payload }) => void same.push(payload.equals(written[same.length] as Buffer)));
    reader.close();
    expect(same).toEqual(sizes.map(() => true));
  });

  it("are all read in the same memory", () => {
    const frame = encodeFrame(FrameKind.upstream, 1n, Buffer.alloc(65_000, 1));
    fs.writeFileSync(file, Buffer.concat([encodeFileHeader(), ...Array.from({ length: 100 }, () => frame)]));
    const reader = new FrameReader(file, 0, "transient");
    const memories = new Set<ArrayBufferLike>();
    reader.read(({ payload }) => void memories.add(payload.buffer));
    reader.close();
    expect(memories.size).toBe(1);
  });
});
