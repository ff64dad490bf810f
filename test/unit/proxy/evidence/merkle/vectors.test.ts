/** transparency-dev/merkle's vectors, all of them. */
import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { verifyConsistency, verifyInclusion } from "../../../../../proxy/evidence/merkle/verify-proofs.ts";

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}

interface InclusionVector extends Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
}

interface SubtreeInclusionVector extends Omit<InclusionVector, "treeSize"> {
  readonly start: number;
  readonly end: number;
}

interface ConsistencyVector extends Vector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

interface SubtreeConsistencyVector extends Omit<ConsistencyVector, "size1" | "size2"> {
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

function vectors<V>(name: string): [string, V][] {
  const file = new URL(`../../../../fixtures/vectors/merkle/${name}.json`, import.meta.url);
  return Object.entries(JSON.parse(fs.readFileSync(file, "utf8")) as { [path: string]: V });
}

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");
const proofOf = ({ proof }: Vector): Buffer[] => (proof ?? []).map(bytes);

describe("proofs that a leaf is in a tree", () => {
  const all = vectors<InclusionVector>("inclusion");
  it("has all vectors", () => expect(all).toHaveLength(98));

  it.each(all)("%s", (_name, vector) => {
    const { leafIdx: index, treeSize: size, root, leafHash } = vector;
    const verified = verifyInclusion({ index, size, root: bytes(root), leafHash: bytes(leafHash), proof: proofOf(vector) });
    expect(verified).toBe(!vector.wantErr);
  });
});

describe("proofs that a tree begins with an earlier one", () => {
  const all = vectors<ConsistencyVector>("consistency");
  it("has all vectors", () => expect(all).toHaveLength(98));

  it.each(all)("%s", (_name, vector) => {
    const { size1: from, size2: to, root1, root2 } = vector;
    const verified = verifyConsistency({ from, to, fromRoot: bytes(root1), toRoot: bytes(root2), proof: proofOf(vector) });
    expect(verified).toBe(!vector.wantErr);
  });
});

/** A subtree is a tree of its own where it begins at a multiple of the power of two that holds it. */
function isSubtree(start: number, end: number): boolean {
  if (start < 0 || start >= end) return false;
  let room = 1;
  while (room < end - start) room *= 2;
  return start % room === 0;
}

describe("proofs that a leaf is in a subtree", () => {
  const all = vectors<SubtreeInclusionVector>("subtreeinclusion");
  it("has all vectors", () => expect(all).toHaveLength(204));

  it.each(all)("%s", (_name, vector) => {
    const { leafIdx, start, end, root, leafHash } = vector;
    const claim = { index: leafIdx - start, size: end - start, root: bytes(root), leafHash: bytes(leafHash), proof: proofOf(vector) };
    expect(isSubtree(start, end) && verifyInclusion(claim)).toBe(!vector.wantErr);
  });
});

describe("proofs that a tree begins with a subtree", () => {
  const all = vectors<SubtreeConsistencyVector>("subtreeconsistency");
  it("has all vectors", () => expect(all).toHaveLength(118));

  // Those of subtrees that begin elsewhere are no proofs of consistency, and a tree without leaves proves nothing here.
  it.each(all.filter(([, { start, end }]) => start === 0 && end > 0))("%s", (_name, vector) => {
    const { end: from, size: to, root1, root2 } = vector;
    const verified = verifyConsistency({ from, to, fromRoot: bytes(root1), toRoot: bytes(root2), proof: proofOf(vector) });
    expect(verified).toBe(!vector.wantErr);
  });
});
