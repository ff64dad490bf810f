import { hashBytes, nodeHash } from "./hash.ts";

const firstHashes = 1024;

/** The hashes of one level of a tree, side by side. */
class Level {
  #hashes = Buffer.alloc(firstHashes * hashBytes);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  at(index: number): Buffer {
    return this.#hashes.subarray(index * hashBytes, (index + 1) * hashBytes);
  }

  push(hash: Uint8Array): void {
    const end = (this.#count + 1) * hashBytes;
    if (end > this.#hashes.length) this.#hashes = Buffer.concat([this.#hashes, Buffer.alloc(this.#hashes.length)]);
    this.#hashes.set(hash, end - hashBytes);
    this.#count += 1;
  }
}

/**
 * A Merkle tree that keeps the root of each full subtree (64 bytes a leaf), so that each of many proofs costs only its own length.
 * The proofs are RFC 9162's, sections 2.1.3 and 2.1.4.
 */
export class StoredTree {
  /** Level 0 are the leaves; a hash of level l is the root of a full subtree of 2^l leaves. */
  readonly #levels: Level[] = [new Level()];

  get size(): number {
    return this.#level(0).count;
  }

  append(leafHash: Uint8Array): void {
    let hash = leafHash;
    for (let level = 0; ; level += 1) {
      const hashes = this.#level(level);
      hashes.push(hash);
      if (hashes.count % 2 === 1) return;
      hash = nodeHash(hashes.at(hashes.count - 2), hash);
    }
  }

  /** The root of the tree of the first `size` leaves, of which there is at least one. */
  root(size: number): Buffer {
    if (!Number.isSafeInteger(size) || size < 1 || size > this.size) throw new RangeError(`There is no tree of ${size} leaves.`);
    return this.#rootOf(0, size);
  }

  /** Throws a `RangeError` for a leaf that is not in the tree of the first `size` leaves. */
  inclusionProof(index: number, size: number): Buffer[] {
    if (!Number.isSafeInteger(index) || index < 0 || index >= size || size > this.size)
      throw new RangeError(`There is no leaf ${index} in a tree of ${size} leaves.`);
    const proof: Buffer[] = [];
    for (let [start, end] = [0, size]; end - start > 1; ) {
      const middle = start + leftLeaves(end - start);
      const goesLeft = index < middle;
      proof.push(goesLeft ? this.#rootOf(middle, end) : this.#rootOf(start, middle));
      if (goesLeft) end = middle;
      else start = middle;
    }
    return proof.reverse();
  }

  /** Throws a `RangeError` for sizes between which there is no proof. */
  consistencyProof(from: number, to: number): Buffer[] {
    if (!Number.isSafeInteger(from) || from < 1 || from > to || to > this.size)
      throw new RangeError(`There is no proof of consistency between trees of ${from} and ${to} leaves.`);
    const proof: Buffer[] = [];
    let [start, end] = [0, to];
    while (from !== end) {
      const middle = start + leftLeaves(end - start);
      const goesLeft = from <= middle;
      proof.push(goesLeft ? this.#rootOf(middle, end) : this.#rootOf(start, middle));
      if (goesLeft) end = middle;
      else start = middle;
    }
    // Where nothing was passed on the left, the verifier has this root: it is the earlier tree's.
    if (start > 0) proof.push(this.#rootOf(start, end));
    return proof.reverse();
  }

  /** The root over leaves `start` to `end`, where `start` is a multiple of the power of two that is not below their number. */
  #rootOf(start: number, end: number): Buffer {
    const leaves = end - start;
    const level = Math.log2(leaves);
    if (Number.isInteger(level)) return this.#level(level).at(start / leaves);
    const middle = start + leftLeaves(leaves);
    return nodeHash(this.#rootOf(start, middle), this.#rootOf(middle, end));
  }

  #level(level: number): Level {
    const known = this.#levels[level] ?? new Level();
    this.#levels[level] = known;
    return known;
  }
}

/** Leaves of the left subtree of a tree of `size`: the largest power of two below it. */
function leftLeaves(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}
