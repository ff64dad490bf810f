/** Whatever is changed in the bytes of a bundle, it is never taken for whole, and verifying it always ends with a verdict. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { noTrust } from "../../../../../proxy/evidence/verify/trust.ts";
import { type Verdict, verifyBundle } from "../../../../../proxy/evidence/verify/verify-bundle.ts";
import { encodeFileHeader, encodeFrame, type FrameKind } from "../../../../../proxy/recording/frame.ts";
import { FrameReader } from "../../../../../proxy/recording/frame-reader.ts";
import { AttackedBundle } from "../../../../support/evidence/attacked-bundle.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import { unzipped } from "../../../../support/evidence/unzipped.ts";
import { Random } from "../../../../support/random.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const flips = 10_000;
const mutations = 500;
const patience = 180_000;

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;
let session: string;
let bundle: string;

beforeAll(async () => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
  session = await workstation.record((recorded, at) =>
    recorded.query("SELECT name FROM customers WHERE id < 3", at, { rows: ["anna", "bert"] }),
  );
  bundle = path.join(directory.path, "bundle.zip");
  await workstation.export([session], bundle);
});

afterAll(async () => {
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

/** A file whose bytes can be changed and put back. */
class Flippable implements Disposable {
  readonly bytes: Buffer;
  readonly #file = path.join(directory.path, "flipped.zip");
  readonly #fd: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    fs.writeFileSync(this.#file, bytes);
    this.#fd = fs.openSync(this.#file, "r+");
  }

  /** The verdict with this byte there, and whether any file that is unpacked is another one then. */
  async with(at: number, byte: number): Promise<{ verdict: Verdict; isSame: () => Promise<boolean> }> {
    fs.writeSync(this.#fd, Buffer.of(byte), 0, 1, at);
    const verdict = await verifyBundle(this.#fd, { trust: noTrust });
    const isSame = () => unzipped(this.#file).then((files) => sameFiles(files, this.bytes));
    return { verdict, isSame };
  }

  putBack(at: number): void {
    fs.writeSync(this.#fd, this.bytes, at, 1, at);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd);
    fs.rmSync(this.#file);
  }
}

async function sameFiles(files: ReadonlyMap<string, Buffer>, whole: Buffer): Promise<boolean> {
  const file = path.join(directory.path, "whole.zip");
  fs.writeFileSync(file, whole);
  const expected = await unzipped(file);
  return files.size === expected.size && [...expected].every(([name, bytes]) => files.get(name)?.equals(bytes) === true);
}

async function neverValid(bytes: Buffer, seed: number, changedByte: (random: Random, byte: number) => number): Promise<void> {
  const random = new Random(seed);
  using file = new Flippable(bytes);
  let harmless = 0;
  for (let round = 0; round < flips / 2; round += 1) {
    const at = random.below(bytes.length);
    const byte = changedByte(random, bytes[at] as number);
    const { verdict, isSame } = await file.with(at, byte);
    if (verdict.verdict !== "INVALID") {
      harmless += 1;
      expect(await isSame(), `byte ${at} set to ${byte}`).toBe(true);
    }
    file.putBack(at);
  }
  // Times and modes of files in the ZIP, which say nothing.
  expect(harmless).toBeLessThan(flips / 20);
}

describe("a bundle of which a bit or a byte is changed", () => {
  it("is never valid, unless every file that it holds is the same", { timeout: patience }, async () => {
    await neverValid(fs.readFileSync(bundle), 1, (random, byte) => byte ^ (1 << random.below(8)));
  });

  it("is never valid where nothing is packed, so that what is changed stays readable", { timeout: patience }, async () => {
    const stored = (await AttackedBundle.of(bundle)).zip();
    await neverValid(stored, 2, (random, byte) => (byte + 1 + random.below(255)) % 256);
  });
});

describe("a bundle whose files are changed by someone who has the device's key", () => {
  it("always has a verdict, and never a good one where events, parts or the recording are others", { timeout: patience }, async () => {
    const random = new Random(3);
    const names = (await AttackedBundle.of(bundle)).names.filter((name) => name !== "bagit.txt");
    for (let round = 0; round < mutations; round += 1) {
      const changed = await AttackedBundle.of(bundle);
      const name = random.pick(names);
      const before = changed.bytes(name);
      const after = random.mutated(before);
      changed.set(name, after);
      if (name.startsWith("data/") || name === "bag-info.txt") changed.resign(workstation.key);
      const file = path.join(directory.path, "mutated.zip");
      fs.writeFileSync(file, changed.zip());
      const fd = fs.openSync(file, "r");
      try {
        const { verdict } = await verifyBundle(fd);
        if (/(events|disclosures)\.jsonl$|wire\.steno$/.test(name) && !after.equals(before))
          expect(verdict, `${name}, round ${round}`).toBe("INVALID");
      } finally {
        fs.closeSync(fd);
      }
    }
  });

  it("finds a recording with other frames under right checksums out", { timeout: patience }, async () => {
    const random = new Random(4);
    const name = `data/sessions/${session}/wire.steno`;
    const whole = await AttackedBundle.of(bundle);
    const frames = framesOf(whole.bytes(name));
    for (let round = 0; round < 100; round += 1) {
      const at = random.below(frames.length);
      const [kind, payload] = frames[at] as (typeof frames)[number];
      const changed = random.mutated(payload);
      const written = frames.with(at, [kind, changed]).map(([each, body]) => encodeFrame(each, 1_790_000_000_000_000_000n, body));
      const attacked = new AttackedBundle(new Map(whole.names.map((each) => [each, whole.bytes(each)])));
      attacked.set(name, Buffer.concat([encodeFileHeader(), ...written])).resign(workstation.key);
      const file = path.join(directory.path, "frames.zip");
      fs.writeFileSync(file, attacked.zip());
      const fd = fs.openSync(file, "r");
      try {
        expect((await verifyBundle(fd)).verdict, `frame ${at}, round ${round}`).toBe("INVALID");
      } finally {
        fs.closeSync(fd);
      }
    }
  });
});

function framesOf(wire: Buffer): (readonly [FrameKind, Buffer])[] {
  const file = path.join(directory.path, "frames.steno");
  fs.writeFileSync(file, wire);
  const frames: (readonly [FrameKind, Buffer])[] = [];
  const reader = new FrameReader(file);
  reader.read(({ kind, payload }) => void frames.push([kind as FrameKind, Buffer.from(payload)]));
  reader.close();
  return frames;
}
