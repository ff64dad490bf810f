import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FrameKind, maxFramePayload } from "../../../../proxy/recording/frame.ts";
import { FrameReader } from "../../../../proxy/recording/frame-reader.ts";
import { type RecordingFileSystem, RecordingWriter } from "../../../../proxy/recording/recording-writer.ts";
import { FaultyFiles } from "../../../support/faulty-files.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";
import { openFrame } from "../../../support/wire/transcript.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "2026", "one.steno");
});
afterEach(() => directory[Symbol.dispose]());

const payloads = [
  Buffer.alloc(0),
  Buffer.from("small"),
  Buffer.alloc(32 * 1024, 1),
  Buffer.alloc(32 * 1024 + 1, 2),
  Buffer.alloc(500_000, 3),
];

function readBack(): { payloads: Buffer[]; kinds: number[]; whole: boolean } {
  const reader = new FrameReader(file);
  const read: Buffer[] = [];
  const kinds: number[] = [];
  const end = reader.read(({ kind, payload }) => {
    kinds.push(kind);
    read.push(Buffer.from(payload));
  });
  reader.close();
  return { payloads: read.slice(1), kinds, whole: end.kind === "end" };
}

/** The real file system, but each write takes no more than `most` bytes. */
function shortWrites(most: number): RecordingFileSystem {
  return {
    ...fs,
    writeSync: (fd, buffer, offset, length) => fs.writeSync(fd, buffer, offset, Math.min(length, most)),
    writevSync: (fd, buffers) => {
      const [first] = buffers;
      return first === undefined ? 0 : fs.writeSync(fd, first, 0, Math.min(first.byteLength, most));
    },
  };
}

describe("a writer", () => {
  it("records what is longer than a frame may be in several, so that it can be read again", () => {
    const long = Buffer.alloc(maxFramePayload + 1000, "0123456789");
    const writer = RecordingWriter.create(file, openFrame(0));
    writer.append(FrameKind.client, 1n, long);
    writer.append(FrameKind.upstream, 2n, Buffer.from("behind"));
    writer.close();
    const read = readBack();
    expect(read).toMatchObject({ kinds: [FrameKind.open, FrameKind.client, FrameKind.client, FrameKind.upstream], whole: true });
    expect(Buffer.concat(read.payloads.slice(0, 2)).equals(long)).toBe(true);
  });

  it.each([
    ["that writes all at once", fs as RecordingFileSystem],
    ["whose writes take seven bytes at a time", shortWrites(7)],
    ["whose writes take a page at a time", shortWrites(4096)],
  ])("%s leaves whole frames, and has written them when it returns", (_, files) => {
    const few = files === fs ? payloads : payloads.map((payload) => payload.subarray(0, 33_000));
    const writer = RecordingWriter.create(file, openFrame(0), files);
    for (const payload of few) {
      writer.append(FrameKind.client, 1n, payload);
      expect(fs.statSync(file).size).toBe(writer.size);
    }
    writer.appendJson(FrameKind.note, { kind: "annotation", text: "ä" });
    writer.close();
    const read = readBack();
    expect(read.whole).toBe(true);
    expect(read.payloads.slice(0, -1).map((payload, index) => payload.equals(few[index] ?? Buffer.alloc(0)))).toEqual(few.map(() => true));
    expect(read.kinds).toEqual([FrameKind.open, ...few.map(() => FrameKind.client), FrameKind.note]);
  });

  it("takes back what a failing write left, and goes on behind the last whole frame", () => {
    const faulty = new FaultyFiles();
    let room = Number.POSITIVE_INFINITY;
    const files: RecordingFileSystem = {
      ...fs,
      writeSync: (fd, buffer, offset, length) => {
        if (room <= 0) return faulty.writeSync(fd, buffer, offset, length);
        const written = fs.writeSync(fd, buffer, offset, Math.min(length, room));
        room -= written;
        return written;
      },
    };
    faulty.fault = (operation) => (operation === "write" ? "ENOSPC" : null);
    const writer = RecordingWriter.create(file, openFrame(0), files);
    writer.append(FrameKind.client, 1n, Buffer.from("before"));
    const { size } = writer;
    room = 10;
    expect(() => writer.append(FrameKind.client, 2n, Buffer.from("lost"))).toThrow(/the disk is full.+ENOSPC/);
    expect([writer.size, fs.statSync(file).size]).toEqual([size, size]);
    room = Number.POSITIVE_INFINITY;
    writer.append(FrameKind.client, 3n, Buffer.from("after"));
    writer.close();
    expect(readBack()).toMatchObject({ payloads: [Buffer.from("before"), Buffer.from("after")], whole: true });
  });

  it("writes nothing behind half a frame that cannot be taken back", () => {
    const faulty = new FaultyFiles();
    let most = Number.POSITIVE_INFINITY;
    const half: RecordingFileSystem = {
      ...fs,
      ftruncateSync: (fd, length) => faulty.ftruncateSync(fd, length),
      writeSync: (fd, buffer, offset, length) => {
        if (most < length) faulty.fault = () => "EIO";
        return offset === 0 ? fs.writeSync(fd, buffer, offset, Math.min(length, most)) : faulty.writeSync(fd, buffer, offset, length);
      },
    };
    const writer = RecordingWriter.create(file, openFrame(0), half);
    writer.append(FrameKind.client, 1n, Buffer.from("before"));
    most = 10;
    expect(() => writer.append(FrameKind.client, 2n, Buffer.from("lost"))).toThrow(/EIO/);
    most = Number.POSITIVE_INFINITY;
    expect(() => writer.append(FrameKind.client, 3n, Buffer.from("refused"))).toThrow(/EIO/);
    faulty.fault = () => null;
    writer.append(FrameKind.client, 4n, Buffer.from("after"));
    writer.close();
    expect(readBack()).toMatchObject({ payloads: [Buffer.from("before"), Buffer.from("after")], whole: true });
  });

  it("leaves no file where the open frame cannot be written", () => {
    const faulty = new FaultyFiles();
    faulty.fault = (operation) => (operation === "write" ? "EDQUOT" : null);
    expect(() => RecordingWriter.create(file, openFrame(0), faulty)).toThrow(/quota/);
    expect(fs.existsSync(file)).toBe(false);
  });

  it("never writes over a recording that is there", () => {
    RecordingWriter.create(file, openFrame(0)).close();
    expect(() => RecordingWriter.create(file, openFrame(0))).toThrow(/EEXIST/);
  });

  it("gives files and folders to their owner alone", () => {
    RecordingWriter.create(file, openFrame(0)).close();
    expect([fs.statSync(file).mode & 0o777, fs.statSync(path.dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it("keeps the file until the sync that is under way has ended", async () => {
    const faulty = new FaultyFiles();
    faulty.holdsSyncs = true;
    const writer = RecordingWriter.create(file, openFrame(0), faulty);
    const synced = new Promise((resolve) => writer.sync(resolve));
    writer.close();
    faulty.releaseSyncs();
    expect(await synced).toBeNull();
  });

  it("tells who waits for the disk that the file could not be closed, and throws nothing at nobody", async () => {
    const faulty = new FaultyFiles();
    const writer = RecordingWriter.create(file, openFrame(0), faulty);
    faulty.fault = (operation) => (operation === "close" ? "EIO" : null);
    const synced = new Promise((resolve) => writer.sync(resolve));
    expect(writer.close()).toBeNull();
    expect(await synced).toMatchObject({ message: expect.stringMatching(/the disk may be failing.+EIO/) });
    expect(RecordingWriter.reopen(file, writer.size, faulty).close()).toMatchObject({ message: expect.stringContaining("EIO") });
  });

  it("tells who waits for the disk that the file cannot be looked at", async () => {
    const faulty = new FaultyFiles();
    const writer = RecordingWriter.create(file, openFrame(0), faulty);
    faulty.fault = (operation) => (operation === "stat" ? "ESTALE" : null);
    expect(await new Promise((resolve) => writer.sync(resolve))).toMatchObject({ message: expect.stringContaining("ESTALE") });
    expect(writer.close()).toBeNull();
  });
});
