import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SealHooks } from "../../../proxy/library/library-client.ts";
import type { SealSignature, SignedSeal } from "../../../proxy/recording/frame.ts";
import { verifyRecording } from "../../../proxy/recording/verify.ts";
import { sealLate } from "../../../proxy/seal-late.ts";
import { query } from "../../support/decoded-frames.ts";
import { quit, writeFrames } from "../../support/evidence/written-frames.ts";
import { temporaryDirectory } from "../../support/stenograph.ts";
import { openFrame } from "../../support/wire/transcript.ts";

const signature: SealSignature = { by: "device", keyId: "k", algorithm: "Ed25519", sig: "c2ln" };

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

/** A recording that ended, or did not; as an entry of what is to be sealed. */
function recording(ended = true): [session: string, file: string] {
  const open = openFrame(0);
  const file = path.join(directory.path, `${open.session}.steno`);
  writeFrames(file, open, [["client", query("DO 1")], ...(ended ? [quit] : [])]);
  return [open.session, file];
}

it("seals all that is left, signed, and tells of each", async () => {
  const files = new Map([recording(), recording()]);
  const told: [string, SignedSeal][] = [];
  const said: string[] = [];
  const seals: SealHooks = { sign: () => Promise.resolve([signature]), sealed: (...seal) => void told.push(seal) };
  await sealLate(directory.path, files, seals, (line) => void said.push(line));
  expect(told.map(([session, { signatures }]) => [session, signatures])).toEqual(
    [...files.keys()].map((session) => [session, [signature]]),
  );
  expect([...files.values()].map(verifyRecording)).toEqual([{ ok: true }, { ok: true }]);
  expect(said).toEqual([]);
});

it("says of what cannot be sealed why, and goes on with the rest", async () => {
  const open = recording(false);
  const gone: [string, string] = ["gone", path.join(directory.path, "gone.steno")];
  const ended = recording();
  const said: string[] = [];
  await sealLate(directory.path, new Map([open, gone, ended]), { sign: () => Promise.resolve([]) }, (line) => void said.push(line));
  expect(said).toEqual([
    expect.stringMatching(/could not be sealed: its session has not ended\. It will be tried again at the next start\.$/),
    expect.stringMatching(/ENOENT.* It will be tried again at the next start\.$/),
  ]);
  expect(verifyRecording(ended[1])).toEqual({ ok: true });
});

it("leaves to the next start what takes too long, and the recording as it is", async () => {
  const [session, file] = recording();
  const before = fs.readFileSync(file);
  const said: string[] = [];
  const never: SealHooks = { sign: () => new Promise(() => undefined) };
  await sealLate(directory.path, new Map([[session, file]]), never, (line) => void said.push(line), 20);
  expect(said).toEqual([`The recording of the session ${session} will be sealed at the next start.`]);
  expect(fs.readFileSync(file)).toEqual(before);
});
