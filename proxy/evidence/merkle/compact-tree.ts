import { emptyRoot, nodeHash } from "./hash.ts";

/** A Merkle tree that only grows and keeps no leaves: the roots of its full subtrees are enough, one for each bit of its size. */
export class CompactTree {
  /** Roots of the full subtrees, the largest and leftmost first. */
  readonly #full: Buffer[] = [];
  #size = 0;

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds a leaf by its leaf hash; for leaves in order. */
  append(leafHash: Buffer): void {
    let root = leafHash;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) root = nodeHash(this.#full.pop() ?? root, root);
    this.#full.push(root);
    this.#size += 1;
  }

  /** The root over all leaves so far. */
  root(): Buffer {
    let root: Buffer | null = null;
    for (let at = this.#full.length - 1; at >= 0; at -= 1) {
      const subtree = this.#full[at] as Buffer;
      root = root === null ? subtree : nodeHash(subtree, root);
    }
    return root ?? emptyRoot;
  }
}
