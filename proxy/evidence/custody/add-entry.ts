import { open } from "node:fs/promises";
import type { Actor } from "../../model/actor.ts";
import type { UnixMicros } from "../../model/value.ts";
import { BundleWriter } from "../bundle/bundle-writer.ts";
import { ExportFolder } from "../bundle/export-folder.ts";
import type { Signer } from "../signing/signer.ts";
import { BundleFiles } from "../verify/bundle-files.ts";
import { type CustodyAct, custodyEntry } from "./custody-entry.ts";

export interface NewEntry {
  /** The bundle, which is not changed. */
  readonly file: string;
  /** Where it is to be with the entry: a file that does not exist yet. */
  readonly out: string;
  readonly signer: Signer;
  readonly at: UnixMicros;
  readonly by: Actor;
  readonly act: CustodyAct;
}

/**
 * Makes a copy of a bundle that has one more entry of custody. The caller has verified the bundle. Gives the entry's path in it. Rejects
 * with a `FailureError` or a `BundleFault`, and with the signal's reason; no copy is left then.
 */
export async function addCustodyEntry(entry: NewEntry, signal: AbortSignal): Promise<string> {
  const handle = await open(entry.file, "r");
  try {
    const files = await BundleFiles.open(handle.fd);
    const folder = await ExportFolder.beside(entry.out);
    try {
      const made = await entryFor(files, entry);
      const at = new Date(entry.at / 1000);
      if (await copied(files, made, { path: folder.file("packed.zip"), at, pack: true }, signal)) await folder.publish("packed.zip");
      else {
        await copied(files, made, { path: folder.file("stored.zip"), at, pack: false }, signal);
        await folder.publish("stored.zip");
      }
      return made.path;
    } finally {
      await folder.remove();
    }
  } finally {
    await handle.close();
  }
}

async function entryFor(files: BundleFiles, { signer, at, by, act }: NewEntry): Promise<{ readonly path: string; readonly bytes: Buffer }> {
  const earlier = files.names.filter((name) => name.startsWith("custody/")).sort();
  const last = earlier.at(-1);
  const previous = last === undefined ? null : { number: earlier.length, bytes: await files.whole(last) };
  return custodyEntry(signer, { manifestSha256: await files.digest("manifest-sha256.txt"), previous, at, by, act });
}

/** Copies all files and adds one; false where something that was packed became so small that readers would take it for a bomb. */
async function copied(
  files: BundleFiles,
  added: { readonly path: string; readonly bytes: Buffer },
  to: { readonly path: string; readonly at: Date; readonly pack: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  const writer = new BundleWriter(to.path, to.at, signal);
  try {
    for (const name of files.names) await writer.add(name, files.pieces(name), to.pack && name.startsWith("data/sessions/"));
    await writer.addWhole(added.path, added.bytes);
    if (to.pack && writer.hasBomb()) {
      await writer.abandon();
      return false;
    }
    await writer.finish();
    return true;
  } catch (cause) {
    await writer.abandon();
    throw cause;
  }
}
