import { readFile } from "node:fs/promises";
import { FailureError, failureOf } from "../../model/failure.ts";
import { leafHash } from "../merkle/hash.ts";
import { StoredTree } from "../merkle/stored-tree.ts";
import { type DeviceJwk, keyIdOf, readPublicJwk } from "../signing/public-key.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { EntriesFile } from "./entries-file.ts";
import type { Entry } from "./entry.ts";
import { checkpointPath, entriesPath } from "./log-files.ts";
import { readWitnessed, type WitnessedCheckpoint } from "./witnessed.ts";

/** An entry with the proof that it is in the log of the checkpoint. */
export interface ExcerptEntry {
  readonly index: number;
  /** Canonical JSON. */
  readonly leaf: string;
  /** Inclusion proof: hashes in hex. */
  readonly proof: readonly string[];
}

/** A device key as the log names it. */
export interface LoggedKey {
  readonly keyId: string;
  readonly publicKey: DeviceJwk;
  readonly kept: "disk" | "run";
}

/** Part of the device log at its newest checkpoint, with what proves that it is part of it. */
export interface LogExcerpt {
  /** `root` in hex. */
  readonly checkpoint: { readonly note: string; readonly size: number; readonly root: string };
  readonly entries: readonly ExcerptEntry[];
  /** From each checkpoint that a witness has, that this one goes on from it: hashes in hex. */
  readonly consistency: readonly { readonly from: string; readonly proof: readonly string[] }[];
  /** All device keys that the log names. */
  readonly keys: readonly LoggedKey[];
}

/** Of more, those of the smallest logs are left out: a bundle with as many cannot be expected to have others. */
export const mostWitnessed = 1000;

/**
 * Reads the entries that `wanted` picks. Needs no lock: entries behind the newest checkpoint are not looked at. Rejects with a
 * `FailureError` (`device-log-unreadable`) where there is no log, or it is not what its checkpoint says.
 */
export async function readLogExcerpt(dataDirectory: string, wanted: (entry: Entry) => boolean): Promise<LogExcerpt> {
  try {
    return await readExcerpt(dataDirectory, wanted);
  } catch (cause) {
    throw new FailureError("device-log-unreadable", `The device log cannot be used: ${failureOf(cause).message}.`, { cause });
  }
}

async function readExcerpt(dataDirectory: string, wanted: (entry: Entry) => boolean): Promise<LogExcerpt> {
  // The checkpoint first: what it is of is in the file by then.
  const note = await readFile(checkpointPath(dataDirectory), "utf8");
  const tree = new StoredTree();
  const keys: LoggedKey[] = [];
  const picked: { readonly index: number; readonly leaf: string }[] = [];
  await new EntriesFile(entriesPath(dataDirectory)).read((leaf, entry) => {
    tree.append(leafHash(leaf));
    if (entry.kind === "device-key") keys.push(...loggedKey(entry.publicKey, entry.kept));
    if (wanted(entry)) picked.push({ index: entry.i, leaf: leaf.toString("utf8") });
  });
  const checkpoint = keys.map(({ publicKey }) => openCheckpoint(note, publicKey)).find((opened) => opened !== null);
  if (checkpoint === undefined) throw new Error("its checkpoint is not signed by a key that it names");
  const { size, root } = checkpoint;
  if (size > tree.size || !tree.root(size).equals(root)) throw new Error("its entries are not those of its checkpoint");
  const witnessed = await readWitnessed(dataDirectory);
  return {
    checkpoint: { note, size, root: root.toString("hex") },
    entries: picked
      .filter(({ index }) => index < size)
      .map((entry) => ({ ...entry, proof: inHex(tree.inclusionProof(entry.index, size)) })),
    consistency: consistencyFrom(witnessed, tree, size),
    keys,
  };
}

/** A checkpoint of a longer log cannot be shown to be an earlier one: whoever has it will see that it is missing. */
function consistencyFrom(witnessed: readonly WitnessedCheckpoint[], tree: StoredTree, size: number): LogExcerpt["consistency"] {
  const byNote = new Map(witnessed.map((one) => [one.note, one]));
  return [...byNote.values()]
    .filter(({ size: from }) => from > 0 && from <= size)
    .sort((a, b) => a.size - b.size)
    .slice(-mostWitnessed)
    .map(({ size: from, note }) => ({ from: note, proof: inHex(tree.consistencyProof(from, size)) }));
}

function loggedKey(value: unknown, kept: LoggedKey["kept"]): LoggedKey[] {
  const publicKey = readPublicJwk(value);
  return publicKey?.kty === "OKP" ? [{ keyId: keyIdOf(publicKey), publicKey, kept }] : [];
}

function inHex(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString("hex"));
}
