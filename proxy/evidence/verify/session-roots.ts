/** The tree of a session: that its leaves are those that were sealed, all of them, in order. */
import { CompactTree } from "../merkle/compact-tree.ts";
import { leafHash } from "../merkle/hash.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { LineWalk } from "./line-walk.ts";
import { type SessionHeader, sessionFile } from "./seals.ts";
import { BundleFault } from "./verdict.ts";

/** Reads all leaves, as bytes. Rejects with a `BundleFault`: `E_GAP` where there are more or fewer, `E_ROOT` where they are others. */
export async function checkRoot(files: BundleFiles, { session, events, root }: SessionHeader): Promise<void> {
  const file = sessionFile(session, "events.jsonl");
  const walk = new LineWalk(files, file);
  const tree = new CompactTree();
  for (let line = await walk.next(); line !== null; line = await walk.next()) tree.append(leafHash(line.bytes));
  if (tree.size !== events) throw new BundleFault("E_GAP", `it has ${tree.size} events where ${events} were sealed`, { file });
  if (tree.root().toString("hex") !== root)
    throw new BundleFault("E_ROOT", "its events are not those that were sealed, or not in their order", { file });
}
