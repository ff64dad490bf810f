import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeJsonFrame, FrameKind } from "../../../../proxy/recording/frame.ts";
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

const stretches: Stretch[] = [
  { from: "client", bytes: Buffer.from("010000000e", "hex") },
  { from: "upstream", bytes: Buffer.from("0700000100000002000000", "hex") },
];

describe("a sealed recording", () => {
  beforeEach(async () => {
    writeRecording(file, openFrame(0), stretches);
    await sealRecording(file);
  });

  it("is what was sealed", () => {
    expect(verifyRecording(file)).toEqual({ ok: true });
  });

  it("keeps its seal", async () => {
    const before = fs.readFileSync(file);
    expect(await sealRecording(file)).toBeNull();
    expect(fs.readFileSync(file)).toEqual(before);
  });

  it("is found out where any byte of it is changed", () => {
    const whole = fs.readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      fs.writeFileSync(file, changed);
      expect(verifyRecording(file).ok, `byte ${at}`).toBe(false);
    }
  });

  it("is found out where any byte is missing at its end", () => {
    const whole = fs.readFileSync(file);
    for (let length = 0; length < whole.length; length += 1) {
      fs.writeFileSync(file, whole.subarray(0, length));
      expect(verifyRecording(file).ok, `${length} bytes`).toBe(false);
    }
  });

  it.each([
    ["a frame", encodeJsonFrame(FrameKind.note, 1_795_000_000_000_000_000n, { kind: "annotation", text: "later" })],
    ["another seal", encodeJsonFrame(FrameKind.seal, 1_795_000_000_000_000_000n, {})],
    ["bytes that are no frame", Buffer.from("more")],
  ])("is found out where %s is put behind its seal", (_, more) => {
    fs.appendFileSync(file, more);
    expect(verifyRecording(file).ok).toBe(false);
  });
});

it.each([
  ["is not closed", false, "its session has not ended"],
  ["is closed", true, "it is closed but not sealed yet"],
])("a recording that %s is said to be that", (_, closed, reason) => {
  writeRecording(file, openFrame(0), stretches, closed);
  expect(verifyRecording(file)).toEqual({ ok: false, reason });
});

it("an open recording is not sealed, and the failure says why", async () => {
  writeRecording(file, openFrame(0), stretches, false);
  const before = fs.readFileSync(file);
  await expect(sealRecording(file)).rejects.toThrow("The recording one.steno could not be sealed: its session has not ended.");
  expect(fs.readFileSync(file)).toEqual(before);
});

it("a file that cannot be read is not verified, and nothing is thrown", () => {
  expect(verifyRecording(path.join(directory.path, "missing.steno"))).toMatchObject({ ok: false });
});
