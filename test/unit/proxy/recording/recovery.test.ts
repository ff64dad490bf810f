import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeFrame, FrameKind, frameHeadBytes } from "../../../../proxy/recording/frame.ts";
import { FrameReader } from "../../../../proxy/recording/frame-reader.ts";
import { RecorderLock } from "../../../../proxy/recording/recorder-lock.ts";
import { closeCrashed, recoverRecording } from "../../../../proxy/recording/recovery.ts";
import { summariseRecording } from "../../../../proxy/recording/session-summary.ts";
import { verifyRecording } from "../../../../proxy/recording/verify.ts";
import { sealRecording } from "../../../support/evidence/sealed-recording.ts";
import { temporaryDirectory } from "../../../support/stenograph.ts";
import { openFrame, type Stretch, writeRecording } from "../../../support/wire/transcript.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, "one.steno");
});
afterEach(() => directory[Symbol.dispose]());

const query = Buffer.concat([Buffer.of(9, 0, 0, 0, 3), Buffer.from("SELECT 1")]);
const ok = Buffer.from("0700000100000002000000", "hex");
const stretches: Stretch[] = Array.from({ length: 6 }, (_, index) => ({
  from: index % 2 === 0 ? "client" : "upstream",
  bytes: index % 2 === 0 ? query : ok,
}));

/** Where each frame starts. */
function offsets(): number[] {
  const reader = new FrameReader(file);
  const found: number[] = [];
  reader.read(({ offset }) => void found.push(offset));
  reader.close();
  return found;
}

function appendedTo(bytes: Buffer): void {
  fs.appendFileSync(file, bytes);
}

describe("a recording whose recorder is gone", () => {
  it("is closed as crashed, and is left for who has a key to seal it with", async () => {
    writeRecording(file, openFrame(0), stretches, false);
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: 0 });
    expect(summariseRecording(file).session).toMatchObject({ statements: 3, closeCause: "crashed", sealed: false });
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "untouched", why: "closed" });
    await sealRecording(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "untouched", why: "sealed" });
  });

  it("loses only what is no whole frame, wherever it was cut, and keeps that beside it", async () => {
    writeRecording(file, openFrame(0), stretches, false);
    const whole = fs.readFileSync(file);
    const starts = offsets();
    const last = starts.at(-1) ?? 0;
    for (let length = last + 1; length < whole.length; length += 1) {
      fs.writeFileSync(file, whole.subarray(0, length));
      expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: length - last });
      expect(fs.readFileSync(`${file}.torn`)).toEqual(whole.subarray(last, length));
      expect(fs.readFileSync(file).subarray(0, last)).toEqual(whole.subarray(0, last));
      await sealRecording(file);
      expect(verifyRecording(file)).toEqual({ ok: true });
    }
  });

  it.each([
    ["zeros, as a power loss leaves them", Buffer.alloc(5000)],
    [
      "a frame whose bytes did not all reach the disk",
      (() => {
        const frame = encodeFrame(FrameKind.client, 1_795_000_000_000_000_000n, Buffer.alloc(200, 7));
        return frame.fill(0, 100, 150);
      })(),
    ],
    ["a length of nonsense", Buffer.alloc(64, 0xff)],
  ])("loses %s at its end", async (_, tail) => {
    writeRecording(file, openFrame(0), stretches, false);
    const size = fs.statSync(file).size;
    appendedTo(tail);
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: tail.length });
    expect(fs.readFileSync(`${file}.torn`)).toEqual(tail);
    expect(fs.statSync(file).size).toBeGreaterThan(size);
    await sealRecording(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
  });

  it("keeps all of what it cuts where the disk takes only part of it at once", () => {
    writeRecording(file, openFrame(0), stretches, false);
    const tail = Buffer.alloc(5000, "torn");
    appendedTo(tail);
    const writeSync = fs.writeSync as (fd: number, buffer: Buffer, offset: number, length: number) => number;
    const spy = vi
      .spyOn(fs, "writeSync")
      .mockImplementation(((fd: number, buffer: Buffer, offset: number, length: number) =>
        writeSync(fd, buffer, offset, Math.min(length, 700))) as typeof fs.writeSync);
    try {
      expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: tail.length });
    } finally {
      spy.mockRestore();
    }
    expect(fs.readFileSync(`${file}.torn`)).toEqual(tail);
  });

  it("still has what it cut where its close frame could not be written, and is recovered the next time", async () => {
    writeRecording(file, openFrame(0), stretches, false);
    const tail = Buffer.alloc(500, "torn");
    appendedTo(tail);
    const full = vi.spyOn(fs, "appendFileSync").mockImplementation((to, bytes) => {
      fs.writeFileSync(to, (bytes as Buffer).subarray(0, 20), { flag: "a" });
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    });
    try {
      expect(() => recoverRecording(directory.path, file)).toThrow(/could not be recovered: the disk is full/);
    } finally {
      full.mockRestore();
    }
    expect(recoverRecording(directory.path, file).kind).toBe("recovered");
    expect(fs.readFileSync(`${file}.torn`)).toEqual(tail);
    await sealRecording(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
  });

  it.each([
    ["a payload", frameHeadBytes],
    ["a length that then ends behind the file", 3],
    ["a length that then ends before its frame does", 0],
    ["a kind", 4],
  ])("is left as it is where %s in its middle is damaged", (_, within) => {
    writeRecording(file, openFrame(0), stretches, false);
    const bytes = fs.readFileSync(file);
    const at = (offsets()[2] ?? 0) + within;
    bytes[at] = (bytes[at] ?? 0) ^ 0x0c;
    fs.writeFileSync(file, bytes);
    expect(recoverRecording(directory.path, file)).toMatchObject({ kind: "damaged" });
    expect(fs.readFileSync(file)).toEqual(bytes);
    expect(fs.existsSync(`${file}.torn`)).toBe(false);
  });

  it("is left as it is where it was closed", () => {
    writeRecording(file, openFrame(0), stretches);
    const before = fs.readFileSync(file);
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "untouched", why: "closed" });
    expect(fs.readFileSync(file)).toEqual(before);
  });

  it("loses a seal that was torn, and can be sealed anew", async () => {
    writeRecording(file, openFrame(0), stretches);
    const unsealed = fs.statSync(file).size;
    await sealRecording(file);
    fs.truncateSync(file, unsealed + 40);
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: 40 });
    expect(fs.statSync(file).size).toBe(unsealed);
    await sealRecording(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
  });

  it("is said to be none where it is none", () => {
    fs.writeFileSync(file, "nothing of ours, and long enough");
    expect(recoverRecording(directory.path, file)).toEqual({ kind: "damaged", reason: "this is not a recording" });
    fs.writeFileSync(file, "");
    expect(recoverRecording(directory.path, file)).toMatchObject({ kind: "damaged" });
  });
});

it("a recording is left alone while its recorder runs", () => {
  const lock = RecorderLock.acquire(directory.path);
  writeRecording(file, { ...openFrame(0), recorder: lock.id }, stretches, false);
  const before = fs.readFileSync(file);
  expect(recoverRecording(directory.path, file)).toEqual({ kind: "untouched", why: "being recorded" });
  expect(fs.readFileSync(file)).toEqual(before);
  lock.release();
  expect(recoverRecording(directory.path, file)).toEqual({ kind: "recovered", cutBytes: 0 });
});

it("a recording whose writer went down with its thread is closed though the process runs, for the library to seal", async () => {
  const lock = RecorderLock.acquire(directory.path);
  writeRecording(file, { ...openFrame(0), recorder: lock.id }, stretches, false);
  expect(closeCrashed(file)).toEqual({ kind: "recovered", cutBytes: 0 });
  expect(closeCrashed(file)).toEqual({ kind: "untouched", why: "closed" });
  await sealRecording(file);
  expect(closeCrashed(file)).toEqual({ kind: "untouched", why: "sealed" });
  lock.release();
});

it("a failure names the file and what could not be done, and does not speak of clients", () => {
  const missing = path.join(directory.path, "missing.steno");
  expect(() => recoverRecording(directory.path, missing)).toThrow(/The recording missing\.steno could not be recovered: .+ENOENT/);
});
