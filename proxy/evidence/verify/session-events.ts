/** Goes over the events of a session and their parts side by side, and holds each against the other. */
import { leafHash } from "../merkle/hash.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { type DisclosedPart, readPart } from "./disclosed-part.ts";
import { EventParts } from "./event-parts.ts";
import { type Leaf, readLeaf } from "./leaf.ts";
import { type Line, LineWalk } from "./line-walk.ts";
import { sessionFile } from "./seals.ts";
import { BundleFault, type Place } from "./verdict.ts";

/** Who is told what was found right, event by event: its parts first, then its leaf. */
export interface EventsSeen {
  part?(part: DisclosedPart, place: Place): void;
  /** `bytes` are those of the leaf. */
  leaf(leaf: Leaf, place: Place, bytes: Buffer): void;
}

/**
 * Reads a session whose root has been checked. Rejects with a `BundleFault`: `E_ROOT` where leaves do not follow each other, `E_DISCLOSE`
 * where a part is not what was committed to, `E_TYPE`.
 */
export async function walkEvents(files: BundleFiles, session: string, seen: EventsSeen): Promise<void> {
  const events = new LineWalk(files, sessionFile(session, "events.jsonl"));
  const parts = new PartWalk(files, sessionFile(session, "disclosures.jsonl"));
  let previous: Buffer | null = null;
  let n = 0;
  for (let line = await events.next(); line !== null; line = await events.next()) {
    const place = { file: events.file, position: `line ${line.number}` };
    const leaf = readLeaf(line.bytes, place);
    checkChain(leaf, { session, n, previous }, place);
    previous = leafHash(line.bytes);
    await parts.readAll(leaf, place, seen);
    seen.leaf(leaf, place, line.bytes);
    n += 1;
  }
  await parts.end();
}

interface Expected {
  readonly session: string;
  readonly n: number;
  readonly previous: Buffer | null;
}

function checkChain(leaf: Leaf, { session, n, previous }: Expected, place: Place): void {
  if (leaf.session !== session) throw new BundleFault("E_ROOT", "it is an event of another session", place);
  if (leaf.n !== n) throw new BundleFault("E_GAP", `it is event ${leaf.n} where event ${n} should be`, place);
  if (leaf.prev !== (previous?.toString("hex") ?? null)) throw new BundleFault("E_ROOT", "it does not follow the event before it", place);
  if ((leaf.kind === "open") !== (n === 0)) throw new BundleFault("E_GAP", "a session has one opening, at its beginning", place);
}

/** The parts, event by event. */
class PartWalk {
  readonly #lines: LineWalk;
  /** Read, and of a later event. */
  #ahead: { readonly part: DisclosedPart; readonly place: Place } | null = null;

  constructor(files: BundleFiles, file: string) {
    this.#lines = new LineWalk(files, file);
  }

  async readAll(leaf: Leaf, leafPlace: Place, seen: EventsSeen): Promise<void> {
    const parts = new EventParts(leaf);
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      const { part, place } = next;
      if (part.n !== leaf.n) {
        this.#ahead = next;
        break;
      }
      parts.take(part, place);
      seen.part?.(part, place);
    }
    parts.end(leafPlace);
  }

  async end(): Promise<void> {
    const next = await this.#next();
    if (next !== null) throw new BundleFault("E_DISCLOSE", `there is no event ${next.part.n} that it could be of`, next.place);
  }

  async #next(): Promise<{ readonly part: DisclosedPart; readonly place: Place } | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) return ahead;
    const line: Line | null = await this.#lines.next();
    if (line === null) return null;
    const place = { file: this.#lines.file, position: `line ${line.number}` };
    return { part: readPart(line, place), place };
  }
}
