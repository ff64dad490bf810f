/** The entries of the device log that a bundle brings, each proven to be in it. */
import { z } from "zod";
import { canonicalText } from "../canonical/canonical.ts";
import { leafHash } from "../merkle/hash.ts";
import { verifyInclusion } from "../merkle/verify-proofs.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { LineWalk } from "./line-walk.ts";
import { shapedText } from "./shaped.ts";
import { count, hex, text, textOrNull, time } from "./shapes.ts";
import { BundleFault, type Place } from "./verdict.ts";

export const entriesFile = "data/device/entries.jsonl";

/** A session that is open for a year, with a head each five minutes, has half as many. */
const mostEntries = 200_000;

const lineSchema = z.strictObject({ index: count, leaf: text, proof: z.array(hex).max(64) });

const common = { v: z.literal(1), i: count, at: time };
const head = { bytes: count, sha256: hex };
const loggedActor = z.strictObject({
  kind: z.enum(["os-user", "person", "machine"]),
  name: text,
  issuer: text.optional(),
  subject: text.optional(),
});
const signature = z.strictObject({
  by: z.enum(["device", "identity"]),
  keyId: text,
  algorithm: text,
  sig: text,
  signIn: text.optional(),
});

/** Entries of other kinds are no business of a bundle's. */
const entrySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("device-key"),
    keyId: text,
    publicKey: z.record(text, z.unknown()),
    kept: z.enum(["disk", "run"]),
  }),
  z.strictObject({
    ...common,
    kind: z.literal("session-open"),
    session: text,
    connection: text,
    actor: loggedActor,
    identity: z.strictObject({ signIn: text, keyId: text, sig: text }).optional(),
    ...head,
  }),
  z.strictObject({ ...common, kind: z.literal("head"), session: text, ...head }),
  z.strictObject({
    ...common,
    kind: z.literal("seal"),
    session: text,
    root: hex.nullable(),
    events: count.nullable(),
    signatures: z.array(signature),
    late: z.literal(true).optional(),
    ...head,
  }),
  z.strictObject({
    ...common,
    kind: z.literal("export"),
    exportId: text,
    sessions: z.array(text),
    manifestSha256: textOrNull.optional(),
  }),
]);

export type LoggedEntry = Readonly<z.output<typeof entrySchema>>;
export type LoggedOpening = Extract<LoggedEntry, { kind: "session-open" }>;
export type LoggedSeal = Extract<LoggedEntry, { kind: "seal" }>;
export type LoggedHead = Extract<LoggedEntry, { kind: "head" }>;

/** Entries of the bundle's sessions, and the export's own. */
export interface LoggedEntries {
  readonly openings: ReadonlyMap<string, LoggedOpening>;
  readonly seals: ReadonlyMap<string, LoggedSeal>;
  readonly heads: ReadonlyMap<string, readonly LoggedHead[]>;
  readonly exports: ReadonlyMap<string, readonly string[]>;
  /** Ids of the keys that the log says are the device's. */
  readonly deviceKeys: ReadonlySet<string>;
}

/** Reads the entries. Rejects with a `BundleFault`: `E_ROOT` for one that is not in the log, `E_FORK` for two that contradict each other, `E_TYPE`. */
export async function readLogged(files: BundleFiles, tree: { readonly size: number; readonly root: Buffer }): Promise<LoggedEntries> {
  const walk = new LineWalk(files, entriesFile);
  const found = new Found();
  let last = -1;
  for (let line = await walk.next(); line !== null; line = await walk.next()) {
    const place = { file: entriesFile, position: `line ${line.number}` };
    const { index, leaf, proof } = shapedText(lineSchema, line.bytes, place);
    if (line.number > mostEntries) throw new BundleFault("E_CONTAINER", `it has more than ${mostEntries} entries`, place);
    if (index <= last) throw new BundleFault("E_TYPE", "the entries are not in the order of the log", place);
    last = index;
    const claim = { leafHash: leafHash(Buffer.from(leaf, "utf8")), index, ...tree, proof: proof.map((hash) => Buffer.from(hash, "hex")) };
    if (!verifyInclusion(claim)) throw new BundleFault("E_ROOT", `entry ${index} is not in the device log at its checkpoint`, place);
    const entry = shapedText(entrySchema, leaf, place);
    if (entry.i !== index) throw new BundleFault("E_ROOT", `entry ${index} says that it is entry ${entry.i}`, place);
    found.add(entry, place);
  }
  return found;
}

class Found implements LoggedEntries {
  readonly openings = new Map<string, LoggedOpening>();
  readonly seals = new Map<string, LoggedSeal>();
  readonly heads = new Map<string, LoggedHead[]>();
  readonly exports = new Map<string, readonly string[]>();
  readonly deviceKeys = new Set<string>();

  add(entry: LoggedEntry, place: Place): void {
    switch (entry.kind) {
      case "device-key":
        this.deviceKeys.add(entry.keyId);
        return;
      case "session-open":
        once(this.openings, entry.session, entry, "opened", place);
        return;
      case "head":
        this.#addHead(entry);
        return;
      case "seal":
        once(this.seals, entry.session, entry, "sealed", place);
        return;
      case "export":
        this.exports.set(entry.exportId, entry.sessions);
        return;
      default:
        entry satisfies never;
    }
  }

  #addHead(head: LoggedHead): void {
    const known = this.heads.get(head.session) ?? [];
    known.push(head);
    this.heads.set(head.session, known);
  }
}

/** Two processes may have entered the same; that it is the same is all that counts. */
function once<T extends LoggedEntry>(entries: Map<string, T>, session: string, entry: T, done: string, place: Place): void {
  const known = entries.get(session);
  if (known === undefined) entries.set(session, entry);
  else if (factsOf(known) !== factsOf(entry)) throw new BundleFault("E_FORK", `session ${session} was ${done} twice, and not alike`, place);
}

function factsOf(entry: LoggedEntry): string {
  return canonicalText({ ...entry, i: 0, at: 0, late: true });
}
