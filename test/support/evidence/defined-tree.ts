/** Proofs made by their definition (RFC 9162, sections 2.1.3.1 and 2.1.4.1, as in RFC 6962), to hold those of the program against. */
import { CompactTree } from "../../../proxy/evidence/merkle/compact-tree.ts";

/** The root of the tree over leaf hashes `from` (included) to `to` (excluded). */
export function rootOf(hashes: readonly Buffer[], from = 0, to = hashes.length): Buffer {
  const tree = new CompactTree();
  for (let at = from; at < to; at += 1) tree.append(hashes[at] as Buffer);
  return tree.root();
}

/**
 * Proves that leaf `index` is in the tree of the first `size` leaves: the hashes of what lies beside its way to the root, the
 * lowest first. Throws a `RangeError` for a leaf that is not in that tree.
 */
export function inclusionProof(hashes: readonly Buffer[], index: number, size: number): Buffer[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size || size > hashes.length) {
    throw new RangeError(`There is no leaf ${index} in a tree of ${size} leaves.`);
  }
  return pathTo(hashes, index, 0, size);
}

/**
 * Proves that the tree of the first `to` leaves begins with that of the first `from`. Throws a `RangeError` for sizes between
 * which there is no proof: a tree without leaves is the beginning of any, which proves nothing.
 */
export function consistencyProof(hashes: readonly Buffer[], from: number, to: number): Buffer[] {
  if (!Number.isSafeInteger(from) || from < 1 || from > to || to > hashes.length) {
    throw new RangeError(`There is no proof of consistency between trees of ${from} and ${to} leaves.`);
  }
  return subproof(hashes, from, 0, to, true);
}

/** PATH(m, D[n]); `start` and `end` say where D[n] lies in all leaves, `index` is a leaf of all. */
function pathTo(hashes: readonly Buffer[], index: number, start: number, end: number): Buffer[] {
  if (end - start === 1) return [];
  const middle = start + leftLeaves(end - start);
  if (index < middle) return [...pathTo(hashes, index, start, middle), rootOf(hashes, middle, end)];
  return [...pathTo(hashes, index, middle, end), rootOf(hashes, start, middle)];
}

/** SUBPROOF(m, D[n], b): `old` leaves of all are in the earlier tree; `known` where the verifier has that subtree's root already. */
function subproof(hashes: readonly Buffer[], old: number, start: number, end: number, known: boolean): Buffer[] {
  if (old === end) return known ? [] : [rootOf(hashes, start, end)];
  const middle = start + leftLeaves(end - start);
  if (old <= middle) return [...subproof(hashes, old, start, middle, known), rootOf(hashes, middle, end)];
  return [...subproof(hashes, old, middle, end, false), rootOf(hashes, start, middle)];
}

/** Leaves of the left subtree of a tree of `size`: the largest power of two below it. */
function leftLeaves(size: number): number {
  let leaves = 1;
  while (leaves * 2 < size) leaves *= 2;
  return leaves;
}
