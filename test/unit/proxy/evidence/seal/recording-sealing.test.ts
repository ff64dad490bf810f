import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecordingSealing, type SealRequest, type SignsSeals } from "../../../../../proxy/evidence/seal/recording-sealing.ts";
import { encodeJsonFrame, FrameKind, type SealSignature } from "../../../../../proxy/recording/frame.ts";
import { digestRecording } from "../../../../../proxy/recording/seal.ts";
import { verifyRecording } from "../../../../../proxy/recording/verify.ts";
import { ok, packets, query, result } from "../../../../support/decoded-frames.ts";
import { eventsOf, testSaltKey } from "../../../../support/evidence/events.ts";
import { sealRecording } from "../../../../support/evidence/sealed-recording.ts";
import { type FrameToWrite, quit, writeFrames } from "../../../../support/evidence/written-frames.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";
import { openFrame } from "../../../../support/wire/transcript.ts";

const open = openFrame(0);
const frames: FrameToWrite[] = [
  ["client", query("SELECT v")],
  ["upstream", result("a", "b")],
  ["client", query("DO 1")],
  ["upstream", packets(1, ok)],
];
const signatures: SealSignature[] = [{ by: "device", keyId: "k", algorithm: "Ed25519", sig: "c2ln" }];

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = path.join(directory.path, `${open.session}.steno`);
});
afterEach(() => directory[Symbol.dispose]());

function sealing(sign: SignsSeals, wake: () => void = () => undefined, session = open.session): RecordingSealing {
  return new RecordingSealing({ session, path: file, saltKey: testSaltKey, sign, wake });
}

const never: SignsSeals = () => new Promise(() => undefined);

describe("sealing", () => {
  it("states the recording's digest and the root of its events, signed, and is what a reader finds", async () => {
    writeFrames(file, open, [...frames, quit]);
    const { root, events } = eventsOf(file);
    const size = fs.statSync(file).size;
    const seal = await sealRecording(file, signatures);
    expect(seal).toMatchObject({ version: 2, bytes: size, frames: 6, events: 4, root, signatures });
    expect(events).toHaveLength(4);
    expect(digestRecording(file)).toMatchObject({ sha256: seal?.sha256, bytes: size, frames: 6, seal, closed: true });
    expect(verifyRecording(file)).toEqual({ ok: true });
    expect(eventsOf(file).root).toBe(root);
  });

  it("asks for signatures of exactly what it then writes, and for whom", async () => {
    writeFrames(file, open, [...frames, quit]);
    const asked: SealRequest[] = [];
    const woken = Promise.withResolvers<void>();
    const one = sealing((request) => {
      asked.push(request);
      return Promise.resolve(signatures);
    }, woken.resolve);
    expect(one.step(() => false)).toEqual({ kind: "waiting" });
    expect(one.step(() => false)).toEqual({ kind: "waiting" });
    await woken.promise;
    const { session, actor } = open;
    expect(asked).toEqual([{ session, path: file, actor, facts: expect.anything() }]);
    expect(one.step(() => false)).toEqual({ kind: "sealed", seal: { version: 2, ...asked[0]?.facts, signatures } });
    one.close();
  });

  it("goes on frame by frame where no more time is given, and comes to the same", () => {
    writeFrames(file, open, [...frames, quit]);
    const one = sealing(never);
    let steps = 0;
    while (one.step(() => true).kind === "reading") steps += 1;
    one.close();
    expect(steps).toBe(6);
  });

  it("leaves a recording as it is that is sealed already, by an older release too", async () => {
    writeFrames(file, open, [...frames, quit]);
    const { sha256, bytes, frames: count } = digestRecording(file);
    const program = { name: "stenograph", version: "0" };
    const old = { version: 1, sha256, bytes, frames: count, sealedAt: 1_795_000_000_000_000, program };
    fs.appendFileSync(file, encodeJsonFrame(FrameKind.seal, 1_795_000_000_000_000_000n, old));
    const before = fs.readFileSync(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
    expect(await sealRecording(file)).toBeNull();
    expect(fs.readFileSync(file)).toEqual(before);
  });

  it("leaves a recording as it was whose seal cannot be signed, and says why", async () => {
    writeFrames(file, open, [...frames, quit]);
    const before = fs.readFileSync(file);
    const woken = Promise.withResolvers<void>();
    const one = sealing(() => Promise.reject(new Error("the key is gone")), woken.resolve);
    one.step(() => false);
    await woken.promise;
    expect(() => one.step(() => false)).toThrow("the key is gone");
    one.close();
    expect(fs.readFileSync(file)).toEqual(before);
  });

  it("does not seal what somebody wrote to in between", async () => {
    writeFrames(file, open, [...frames, quit]);
    const woken = Promise.withResolvers<void>();
    const one = sealing(() => Promise.resolve([]), woken.resolve);
    one.step(() => false);
    fs.appendFileSync(file, "more");
    const changed = fs.readFileSync(file);
    await woken.promise;
    expect(() => one.step(() => false)).toThrow(/could not be sealed: something was written behind what was read of it/);
    one.close();
    expect(fs.readFileSync(file)).toEqual(changed);
  });

  it("takes back a seal that the disk took only a part of", async () => {
    writeFrames(file, open, [...frames, quit]);
    const before = fs.readFileSync(file);
    const full = vi.spyOn(fs, "appendFileSync").mockImplementation((to, bytes) => {
      fs.writeFileSync(to, (bytes as Buffer).subarray(0, 20), { flag: "a" });
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    });
    try {
      await expect(sealRecording(file)).rejects.toThrow(/could not be sealed: the disk is full/);
    } finally {
      full.mockRestore();
    }
    expect(fs.readFileSync(file)).toEqual(before);
    await sealRecording(file);
    expect(verifyRecording(file)).toEqual({ ok: true });
  });

  it.each([
    ["has not ended", (): void => writeFrames(file, open, frames), /its session has not ended/],
    [
      "is torn",
      (): void => {
        writeFrames(file, open, [...frames, quit]);
        fs.appendFileSync(file, "torn");
      },
      /the file ends inside a frame's head at byte/,
    ],
    [
      "has an open frame that says too little",
      (): void => writeFrames(file, { session: open.session } as never, [quit]),
      /its open frame does not tell/,
    ],
    [
      "is another session's",
      (): void => writeFrames(file, { ...open, session: "another" }, [quit]),
      /it says that it is the session another/,
    ],
  ])("refuses a recording that %s, and says so", (_what, write, reason) => {
    write();
    const before = fs.readFileSync(file);
    const one = sealing(never);
    expect(() => one.step(() => false)).toThrow(reason);
    one.close();
    expect(fs.readFileSync(file)).toEqual(before);
  });
});
