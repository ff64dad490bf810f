/** Checkpoints of the device log: https://c2sp.org/tlog-checkpoint, signed notes with size and root of the tree. */
import { hashBytes } from "../merkle/hash.ts";
import type { DeviceJwk } from "../signing/public-key.ts";
import { readNote, signNote, verifyNote } from "../signing/signed-note.ts";
import type { Signer } from "../signing/signer.ts";

/** The head of a log at one of its sizes. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  /** RFC 6962 root over them. */
  readonly root: Buffer;
}

/** The name of the log that began with this device key. */
export function originOf(keyId: string): string {
  return `stenograph.dev/device/${keyId.slice(0, 16)}`;
}

/** The checkpoint as a note signed under the log's name. */
export function signCheckpoint({ origin, size, root }: Checkpoint, signer: Signer): string {
  return signNote(`${origin}\n${size}\n${root.toString("base64")}\n`, origin, signer);
}

/** What a note says as a checkpoint, whoever signed it; `null` where it says none. */
export function readCheckpoint(note: string): Checkpoint | null {
  const text = readNote(note)?.text;
  if (text === undefined) return null;
  const [origin = "", size = "", encoded = "", ...others] = text.slice(0, -1).split("\n");
  const root = Buffer.from(encoded, "base64");
  if (origin === "" || others.includes("") || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return null;
  if (root.length !== hashBytes || root.toString("base64") !== encoded) return null;
  return { origin, size: Number(size), root };
}

/** The checkpoint in a note that this key signed under the log's name; `null` where it did not. */
export function openCheckpoint(note: string, publicKey: DeviceJwk): Checkpoint | null {
  const signed = readNote(note);
  const checkpoint = readCheckpoint(note);
  if (signed === null || checkpoint === null) return null;
  return verifyNote(signed, { name: checkpoint.origin, publicKey }) ? checkpoint : null;
}
