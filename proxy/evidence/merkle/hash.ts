/** The hashes of a Merkle tree: RFC 6962, section 2.1 (unchanged in RFC 9162). SHA-256 throughout; hashes are 32 bytes. */
import { hash } from "node:crypto";

export const hashBytes = 32;

/** For short leaves, such as commitments, behind the byte 0x00 that tells leaves from nodes. */
const shortLeaf = Buffer.alloc(1 + 256);

/** Root of the tree without leaves: the hash of nothing. */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** One buffer serves all nodes: it is hashed before anybody else gets the thread. */
const node = Buffer.alloc(1 + 2 * hashBytes);
node[0] = 0x01;

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Buffer {
  // Three times as fast as asking for a Buffer.
  return Buffer.from(hash("sha256", bytes, "hex"), "hex");
}

/** What stands for a leaf in the tree: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array): Buffer {
  const bytes = leaf.length < shortLeaf.length ? shortLeaf.subarray(0, 1 + leaf.length) : Buffer.alloc(1 + leaf.length);
  bytes.set(leaf, 1);
  return sha256(bytes);
}

/** What stands for two subtrees: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + hashBytes);
  return sha256(node);
}
