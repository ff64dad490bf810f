/** Numbers events, commits to their parts, and chains their leaves. */
import { canonicalText } from "../canonical/canonical.ts";
import { CompactTree } from "../merkle/compact-tree.ts";
import { leafHash } from "../merkle/hash.ts";
import { commitmentOfText } from "./commitment.ts";
import type { LeafFacts, LeafHeader } from "./leaf.ts";
import { wellFormed } from "./part-value.ts";
import { SessionSalts } from "./session-salts.ts";

/** A part of an event, as it is committed to. */
export interface EventPart {
  readonly n: number;
  /** Without the event's number, e.g. `sql/3`, `results/0/blocks/7/3`. The salt and the commitment are of the whole path, `12/sql/3`. */
  readonly path: string;
  readonly salt: Buffer;
  readonly value: unknown;
  /** `value` as canonical JSON. */
  readonly json: string;
  readonly commitment: Buffer;
}

/** An event with its leaf, the bytes that are in the tree, and the leaf's hash. */
export interface SessionEvent {
  readonly n: number;
  readonly header: LeafHeader;
  readonly leaf: Buffer;
  readonly hash: Buffer;
}

/** Is told of an event's parts in order, then of the event. */
export interface EventSink {
  part?(part: EventPart): void;
  event(event: SessionEvent): void;
}

/** Commitments to a run of parts. */
export interface CommittedParts {
  readonly count: number;
  readonly root: string;
}

export class EventWriter {
  readonly #session: string;
  readonly #sink: EventSink;
  readonly #salts: SessionSalts;
  #n = 0;
  #last: Buffer | null = null;

  constructor(session: string, saltKey: Uint8Array, sink: EventSink) {
    this.#session = session;
    this.#sink = sink;
    this.#salts = new SessionSalts(saltKey, session);
  }

  /** Commits to a part of the event that is written next. What has no canonical JSON is made well-formed first. */
  commit(path: string, given: unknown): Buffer {
    const n = this.#n;
    const whole = `${n}/${path}`;
    const salt = this.#salts.of(whole);
    const { value, json } = canonical(given);
    const commitment = commitmentOfText(whole, salt, json);
    this.#sink.part?.({ n, path, salt, value, json, commitment });
    return commitment;
  }

  /** Commits to parts in order, at `path/0`, `path/1`, and so on. */
  commitAll(path: string, values: Iterable<unknown>): CommittedParts {
    const tree = new CompactTree();
    for (const value of values) tree.append(leafHash(this.commit(`${path}/${tree.size}`, value)));
    return { count: tree.size, root: tree.root().toString("hex") };
  }

  /** Writes the event whose parts were committed to. */
  write(facts: LeafFacts): void {
    const n = this.#n;
    const prev = this.#last?.toString("hex") ?? null;
    const { value, json } = canonical(inOrder({ v: 1, session: this.#session, n, prev, ...facts }));
    const header = value as LeafHeader;
    const leaf = Buffer.from(json, "utf8");
    const hash = leafHash(leaf);
    this.#last = hash;
    this.#n += 1;
    this.#sink.event({ n, header, leaf, hash });
  }
}

/** With its members in the order that they are written in, which makes writing it fast. */
function inOrder(header: { readonly [name: string]: unknown }): { readonly [name: string]: unknown } {
  const ordered: { [name: string]: unknown } = {};
  for (const name of Object.keys(header).sort()) ordered[name] = header[name];
  return ordered;
}

/** Recordings hold next to nothing that is not well-formed, and to look for it first would cost more than all else here. */
function canonical(given: unknown): { readonly value: unknown; readonly json: string } {
  try {
    return { value: given, json: canonicalText(given) };
  } catch {
    const value = wellFormed(given);
    return { value, json: canonicalText(value) };
  }
}
