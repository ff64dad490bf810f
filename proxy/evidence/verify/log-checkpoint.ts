/** The device log's checkpoint: who signed it, and that the log goes on from those that others hold. */
import { z } from "zod";
import { type Checkpoint, openCheckpoint, readCheckpoint } from "../device-log/checkpoint.ts";
import { mostWitnessed } from "../device-log/log-excerpt.ts";
import { verifyConsistency } from "../merkle/verify-proofs.ts";
import { type DeviceJwk, keyIdOf } from "../signing/public-key.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { shapedFile } from "./shaped.ts";
import { hex, text } from "./shapes.ts";
import { BundleFault } from "./verdict.ts";

export const checkpointFile = "data/device/checkpoint";
export const consistencyFile = "data/device/consistency.json";

const consistencySchema = z.array(z.strictObject({ from: text, proof: z.array(hex).max(128) })).max(10_000);

/** Opens the bundle's checkpoint with one of the device's keys, and says which. Rejects with a `BundleFault`: `E_SIG`, `E_ROOT`. */
export async function readSignedCheckpoint(
  files: BundleFiles,
  keys: readonly DeviceJwk[],
  told: { readonly size: number; readonly root: string },
): Promise<{ readonly checkpoint: Checkpoint; readonly keyId: string }> {
  const place = { file: checkpointFile };
  const note = (await files.whole(checkpointFile)).toString("utf8");
  const key = keys.find((each) => openCheckpoint(note, each) !== null);
  const checkpoint = key === undefined ? null : openCheckpoint(note, key);
  if (checkpoint === null || key === undefined)
    throw new BundleFault("E_SIG", "it is not a checkpoint that a device of the bundle signed", place);
  if (checkpoint.size !== told.size || checkpoint.root.toString("hex") !== told.root) {
    throw new BundleFault("E_ROOT", "it is not the checkpoint that the export was signed with", place);
  }
  return { checkpoint, keyId: keyIdOf(key) };
}

/**
 * Holds the checkpoint against those that the verifier got from elsewhere, and checks every proof that the bundle brings. Gives how
 * many of the verifier's it is proven to go on from. Rejects with a `BundleFault` (`E_FORK`) where it is not proven to go on from
 * one that a bundle would bring the proof of: who rewrote the log would leave it out. Later ones than the bundle's say nothing of it.
 */
export async function checkConsistency(files: BundleFiles, checkpoint: Checkpoint, held: readonly string[]): Promise<number> {
  const proofs = await shapedFile(consistencySchema, files, consistencyFile);
  const proven = new Set<string>();
  let smallest = checkpoint.size;
  for (const [index, { from, proof }] of proofs.entries()) {
    const place = { file: consistencyFile, position: `proof ${index + 1}` };
    const earlier = readCheckpoint(from);
    if (earlier === null) throw new BundleFault("E_TYPE", "it is not from a checkpoint", place);
    const hashes = proof.map((hash) => Buffer.from(hash, "hex"));
    const claim = { from: earlier.size, to: checkpoint.size, fromRoot: earlier.root, toRoot: checkpoint.root, proof: hashes };
    if (earlier.origin !== checkpoint.origin || !verifyConsistency(claim)) {
      throw new BundleFault("E_FORK", `the device log does not go on from its checkpoint at ${earlier.size} entries`, place);
    }
    proven.add(identityOf(earlier));
    smallest = Math.min(smallest, earlier.size);
  }
  let witnessed = 0;
  for (const note of held) {
    const known = readCheckpoint(note);
    if (known === null || known.origin !== checkpoint.origin || known.size > checkpoint.size || known.size === 0) continue;
    if (identityOf(known) === identityOf(checkpoint) || proven.has(identityOf(known))) witnessed += 1;
    else if (proven.size < mostWitnessed || known.size >= smallest) throw forked(known.size);
  }
  return witnessed;
}

function identityOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString("hex")}`;
}

function forked(size: number): BundleFault {
  const reason = `nothing shows that the device log goes on from the checkpoint at ${size} entries that you hold: it was rewritten since, or the proof was left out`;
  return new BundleFault("E_FORK", reason, { file: checkpointFile });
}
