import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompactTree } from "../../../../../proxy/evidence/merkle/compact-tree.ts";
import { emptyRoot, leafHash, nodeHash } from "../../../../../proxy/evidence/merkle/hash.ts";
import { verifyConsistency, verifyInclusion } from "../../../../../proxy/evidence/merkle/verify-proofs.ts";
import { consistencyProof, inclusionProof, rootOf } from "../../../../support/evidence/defined-tree.ts";

/** Leaves and roots of RFC 6962's reference implementation. */
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((hex) =>
  leafHash(Buffer.from(hex, "hex")),
);
const roots = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/** The root by the definition, MTH(D[n]). */
function definedRoot(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return emptyRoot;
  if (hashes.length === 1) return hashes[0] as Buffer;
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  return nodeHash(definedRoot(hashes.slice(0, left)), definedRoot(hashes.slice(left)));
}

const many = Array.from({ length: 70 }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)));

describe("a Merkle tree", () => {
  it("has the hash of nothing as its root while it has no leaves", () => {
    expect(new CompactTree().root().toString("hex")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("has the roots that are published for eight known leaves, at every size", () => {
    const tree = new CompactTree();
    for (const [at, leaf] of leaves.entries()) {
      tree.append(leaf);
      expect(tree.size).toBe(at + 1);
      expect(tree.root().toString("hex")).toBe(roots[at]);
    }
  });

  it("has the root of the definition at every size", () => {
    for (let size = 0; size <= many.length; size += 1) expect(rootOf(many, 0, size)).toEqual(definedRoot(many.slice(0, size)));
  });
});

describe("proofs", () => {
  it("show every leaf of every tree up to 70 leaves, and no other leaf or place", () => {
    for (let size = 1; size <= many.length; size += 1) {
      const root = rootOf(many, 0, size);
      for (let index = 0; index < size; index += 1) {
        const claim = { index, size, root, leafHash: many[index] as Buffer, proof: inclusionProof(many, index, size) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leafHash: leafHash(Buffer.from("another")) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: (index + 1) % size }) && size > 1).toBe(false);
      }
    }
  });

  it("show that every tree up to 70 leaves begins with every smaller one, and with no other", () => {
    for (let to = 1; to <= many.length; to += 1) {
      const toRoot = rootOf(many, 0, to);
      for (let from = 1; from <= to; from += 1) {
        const claim = { from, to, fromRoot: rootOf(many, 0, from), toRoot, proof: consistencyProof(many, from, to) };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, fromRoot: leafHash(Buffer.from("another")) })).toBe(false);
        expect(verifyConsistency({ ...claim, toRoot: leafHash(Buffer.from("another")) })).toBe(false);
      }
    }
  });

  it("show nothing from a tree without leaves, whatever is put forward as proof", () => {
    const root = rootOf(many);
    expect(verifyConsistency({ from: 0, to: 70, fromRoot: emptyRoot, toRoot: root, proof: [] })).toBe(false);
    expect(verifyConsistency({ from: 0, to: 70, fromRoot: emptyRoot, toRoot: root, proof: [root] })).toBe(false);
    expect(verifyConsistency({ from: 0, to: 0, fromRoot: emptyRoot, toRoot: emptyRoot, proof: [] })).toBe(false);
    expect(() => consistencyProof(many, 0, 70)).toThrow(RangeError);
  });

  it("are not made for what is not there", () => {
    expect(() => inclusionProof(many, 70, 70)).toThrow(RangeError);
    expect(() => inclusionProof(many, 0, 71)).toThrow(RangeError);
    expect(() => inclusionProof(many, -1, 70)).toThrow(RangeError);
    expect(() => inclusionProof(many, 0.5, 70)).toThrow(RangeError);
    expect(() => consistencyProof(many, 5, 4)).toThrow(RangeError);
    expect(() => consistencyProof(many, 5, 71)).toThrow(RangeError);
  });

  it("are checked without a crash whatever they are", () => {
    const numbers = fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger(), fc.constantFrom(2 ** 53, 2 ** 64, Number.NaN, -0));
    const hash = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 32, maxLength: 32 }));
    fc.assert(
      fc.property(numbers, numbers, hash, hash, fc.array(hash, { maxLength: 70 }), (a, b, one, other, proof) => {
        expect(verifyInclusion({ index: a, size: b, leafHash: one, root: other, proof })).toBe(false);
        const same = a === b && a >= 1 && proof.length === 0 && Buffer.compare(one, other) === 0;
        if (!same) expect(verifyConsistency({ from: a, to: b, fromRoot: one, toRoot: other, proof })).toBe(false);
      }),
    );
  });
});
