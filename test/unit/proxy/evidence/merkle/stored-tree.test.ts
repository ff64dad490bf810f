import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { StoredTree } from "../../../../../proxy/evidence/merkle/stored-tree.ts";
import { consistencyProof, inclusionProof, rootOf } from "../../../../support/evidence/defined-tree.ts";

function treeOf(leaves: number) {
  const hashes = Array.from({ length: leaves }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
  const tree = new StoredTree();
  for (const hash of hashes) tree.append(hash);
  return { hashes, tree };
}

describe("A stored tree", () => {
  it("has the roots and proofs of the tree that is computed from all leaves, for every size up to 70", () => {
    const { hashes, tree } = treeOf(70);
    for (let size = 1; size <= 70; size += 1) {
      expect(tree.root(size)).toEqual(rootOf(hashes, 0, size));
      for (let index = 0; index < size; index += 1) expect(tree.inclusionProof(index, size)).toEqual(inclusionProof(hashes, index, size));
      for (let from = 1; from <= size; from += 1) expect(tree.consistencyProof(from, size)).toEqual(consistencyProof(hashes, from, size));
    }
  });

  it("has them for sizes beyond what it began with", () => {
    const { hashes, tree } = treeOf(5000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        expect(tree.root(to)).toEqual(rootOf(hashes, 0, to));
        expect(tree.inclusionProof(from - 1, to)).toEqual(inclusionProof(hashes, from - 1, to));
        expect(tree.consistencyProof(from, to)).toEqual(consistencyProof(hashes, from, to));
      }),
      { numRuns: 30 },
    );
  });

  it("has no proof for what is not in it", () => {
    const { tree } = treeOf(3);
    for (const call of [
      () => tree.root(0),
      () => tree.root(4),
      () => tree.inclusionProof(3, 3),
      () => tree.inclusionProof(-1, 3),
      () => tree.inclusionProof(0, 4),
      () => tree.consistencyProof(0, 3),
      () => tree.consistencyProof(3, 2),
      () => tree.consistencyProof(1, 4),
    ])
      expect(call).toThrow(RangeError);
  });
});
