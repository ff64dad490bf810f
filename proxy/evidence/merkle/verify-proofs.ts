/** Checking proofs: RFC 9162, sections 2.1.3.2 and 2.1.4.2. What is given may come from anybody: nothing here throws. */
import { hashBytes, nodeHash } from "./hash.ts";

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  /** Leaves of the earlier and of the later tree. */
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the leaf is proven to be where it is said to be. */
export function verifyInclusion({ leafHash, index, size, proof, root }: InclusionClaim): boolean {
  if (!isSize(size) || !isSize(index) || index >= size || !areHashes([leafHash, root, ...proof])) return false;
  let position = index;
  let last = size - 1;
  let computed: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      computed = nodeHash(sibling, computed);
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else computed = nodeHash(computed, sibling);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && areEqual(computed, root);
}

/**
 * Whether the later tree is proven to begin with the earlier one. Never from a tree without leaves, whatever the proof: code
 * that follows the RFC to the letter accepts some of those, and an attacker who may choose the size to start from would have
 * proven nothing.
 */
export function verifyConsistency({ from, to, fromRoot, toRoot, proof }: ConsistencyClaim): boolean {
  if (!isSize(from) || !isSize(to) || from === 0 || from > to) return false;
  if (from === to) return proof.length === 0 && areEqual(fromRoot, toRoot);
  if (!areHashes([fromRoot, toRoot, ...proof])) return false;
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined || proof.length === 0) return false;
  let position = from - 1;
  let last = to - 1;
  while (isOdd(position)) [position, last] = [half(position), half(last)];
  let earlier: Uint8Array = first;
  let later: Uint8Array = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(position) || position === last) {
      earlier = nodeHash(sibling, earlier);
      later = nodeHash(sibling, later);
      while (!isOdd(position) && position !== 0) [position, last] = [half(position), half(last)];
    } else later = nodeHash(later, sibling);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && areEqual(earlier, fromRoot) && areEqual(later, toRoot);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === hashBytes);
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Sizes may be beyond 32 bits, where bit operators are wrong. */
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (!isOdd(rest)) rest /= 2;
  return rest === 1;
}
