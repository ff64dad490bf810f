/** Checkpoints that the verifier holds, and what a bundle must prove of them. */

import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readCheckpoint, signCheckpoint } from "../../../../../proxy/evidence/device-log/checkpoint.ts";
import { mostWitnessed } from "../../../../../proxy/evidence/device-log/log-excerpt.ts";
import { entriesPath } from "../../../../../proxy/evidence/device-log/log-files.ts";
import { keepWitnessed } from "../../../../../proxy/evidence/device-log/witnessed.ts";
import { leafHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { AttackedBundle } from "../../../../support/evidence/attacked-bundle.ts";
import { rootOf } from "../../../../support/evidence/defined-tree.ts";
import { EvidenceWorkstation } from "../../../../support/evidence/evidence-workstation.ts";
import type { TrustJson } from "../../../../support/evidence/proven-world.ts";
import { Verifier } from "../../../../support/evidence/verdict-on.ts";
import { temporaryDirectory } from "../../../../support/stenograph.ts";

// A busy machine may take long; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: ReturnType<typeof temporaryDirectory>;
let workstation: EvidenceWorkstation;
let verifier: Verifier;
let session: string;
/** The checkpoint at each size. */
let noteAt: (size: number) => string;

beforeAll(async () => {
  directory = temporaryDirectory();
  workstation = new EvidenceWorkstation(directory.path);
  verifier = new Verifier();
  session = await workstation.record((recorded, at) => recorded.query("SELECT 1", at, { rows: ["a"] }));
  for (let beat = 0; beat < mostWitnessed + 10; beat += 1) workstation.log.append({ kind: "heartbeat", openSessions: 0, accessLog: null });
  await workstation.log.flush();
  const lines = fs.readFileSync(entriesPath(directory.path), "utf8").split("\n").slice(0, -1);
  const hashes = lines.map((line) => leafHash(Buffer.from(line)));
  const origin = readCheckpoint(workstation.log.checkpoint ?? "")?.origin ?? "";
  noteAt = (size) => signCheckpoint({ origin, size, root: rootOf(hashes, 0, size) }, workstation.key);
});

afterAll(async () => {
  verifier[Symbol.dispose]();
  await workstation[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function bundleOf(witnessedSizes: readonly number[]): Promise<Buffer> {
  fs.rmSync(path.join(directory.path, "device-log", "checkpoints.jsonl"), { force: true });
  for (const size of witnessedSizes) await keepWitnessed(directory.path, { at: 1, witness: "a file", size, note: noteAt(size) });
  const file = path.join(directory.path, `${witnessedSizes.length}.zip`);
  fs.rmSync(file, { force: true });
  await workstation.export([session], file);
  return (await AttackedBundle.of(file)).zip();
}

function holding(...checkpoints: string[]): TrustJson {
  return { issuers: {}, tsaRoots: [], devices: [], checkpoints };
}

const forked = ["E_FORK", expect.stringMatching(/nothing shows that the device log goes on from the checkpoint/)];

describe("a checkpoint that the verifier holds", () => {
  it("witnesses a bundle that brings the proof", async () => {
    const bundle = await bundleOf([3, 7]);
    for (const held of [holding(noteAt(3)), holding(noteAt(7)), holding(noteAt(3), noteAt(7))]) {
      const codes = await verifier.codes(bundle, held);
      expect(codes).toContain("W_UNKNOWN_DEVICE");
      expect(codes).not.toContain("W_NO_WITNESS");
    }
  });

  it("shows that the proof was left out, since a bundle brings all that witnesses have", async () => {
    const bundle = await bundleOf([3, 7]);
    expect(await verifier.codes(bundle, holding(noteAt(5)))).toEqual(forked);
    expect(await verifier.codes(bundle, holding(noteAt(2)))).toEqual(forked);
    expect(await verifier.codes(bundle, holding(noteAt(3), noteAt(9)))).toEqual(forked);
  });

  it("proves nothing where witnesses have more than a bundle brings, or where it is of another log or of later", async () => {
    const many = await bundleOf(Array.from({ length: mostWitnessed + 5 }, (_, at) => at + 1));
    expect(await verifier.codes(many, holding(noteAt(2)))).toContain("W_NO_WITNESS");
    expect(await verifier.codes(many, holding(noteAt(6)))).not.toContain("W_NO_WITNESS");
    const known = readCheckpoint(noteAt(2)) as NonNullable<ReturnType<typeof readCheckpoint>>;
    const elsewhere = signCheckpoint({ ...known, origin: "stenograph.dev/device/another" }, workstation.key);
    const later = signCheckpoint({ ...known, size: 1_000_000 }, workstation.key);
    for (const note of [elsewhere, later]) expect(await verifier.codes(many, holding(note))).toContain("W_NO_WITNESS");
  });
});
