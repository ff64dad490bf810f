/** Which parts a leaf commits to, in the order in which they are told and disclosed: for who checks disclosures against leaves. */
import { CompactTree } from "../merkle/compact-tree.ts";
import { leafHash } from "../merkle/hash.ts";
import type { LeafHeader, PartList, ResultHeader, StatementHeader } from "./leaf.ts";

/** A run of parts with one hash in the leaf that stands for all of them. */
export interface PartGroup {
  /** How many parts there are. */
  readonly count: number;
  /** The path of each, without the event's number; `null` where that depends on what the parts say, as of further results. */
  readonly path: (index: number) => string | null;
  /** Whether `hash` is the one part's commitment, or else the root over all of theirs. */
  readonly single: boolean;
  /** Hexadecimal, as the leaf has it. */
  readonly hash: string;
}

/** The groups of a leaf's parts in order; behind those of all results come a statement's SQL, parameters, attributes and details. */
export function* partGroups(header: LeafHeader): Generator<PartGroup> {
  if (header.kind === "open") yield single("claimed", header.claimed);
  else if (header.kind === "close") yield single("detail", header.detail);
  else if (header.kind === "statement") yield* statementGroups(header);
  else yield single("value", header.value);
}

function* statementGroups({ results, furtherResults, sql, params, attributes, details }: StatementHeader): Generator<PartGroup> {
  for (const [index, result] of results.entries()) yield* resultGroups(index, result);
  if (furtherResults !== null) {
    yield { count: furtherResults.parts, path: () => null, single: false, hash: furtherResults.root };
  }
  if (sql !== null) yield list("sql", { count: sql.segments, root: sql.root });
  if (params !== null) yield list("params", params);
  yield list("attributes", attributes);
  yield single("details", details);
}

function* resultGroups(index: number, { columns, definitions, blocks, root }: ResultHeader): Generator<PartGroup> {
  yield single(`results/${index}/definitions`, definitions);
  const path = (part: number): string => `results/${index}/blocks/${Math.floor(part / columns)}/${part % columns}`;
  yield { count: blocks * columns, path, single: false, hash: root };
}

function single(path: string, hash: string): PartGroup {
  return { count: 1, path: () => path, single: true, hash };
}

function list(path: string, { count, root }: PartList): PartGroup {
  return { count, path: (index) => `${path}/${index}`, single: false, hash: root };
}

/** Checks the commitments of one group's parts, which are given in order, against the leaf; holds none of them. */
export class GroupCheck {
  readonly #group: PartGroup;
  readonly #tree = new CompactTree();
  #last: Buffer | null = null;

  constructor(group: PartGroup) {
    this.#group = group;
  }

  /** Whether all parts were given. */
  get isComplete(): boolean {
    return this.#tree.size >= this.#group.count;
  }

  /** The path of the part that is due. */
  get due(): string | null {
    return this.#group.path(this.#tree.size);
  }

  add(commitment: Buffer): void {
    this.#tree.append(leafHash(commitment));
    this.#last = commitment;
  }

  /** Whether the parts that were given are those that the leaf commits to: all of them, in order. */
  holds(): boolean {
    const { count, single, hash } = this.#group;
    if (this.#tree.size !== count) return false;
    return (single ? this.#last : this.#tree.root())?.toString("hex") === hash;
  }
}
