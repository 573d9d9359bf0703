import { type Bytes, copyBytes } from './bytes.js';
import { type Hasher, sha256Hasher } from './hash.js';

const LEAF: Uint8Array = Uint8Array.of(0);
const NODE: Uint8Array = Uint8Array.of(1);

/**
 * The hash of a leaf of a Merkle tree as in RFC 6962, section 2.1: over records of a log (LOG-TREE-2), over pages of a
 * segment (SEG-ID-1).
 *
 * @param data - of any length; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function merkleLeafHash(data: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return hasher.digest([LEAF, data]);
}

/**
 * The root of the Merkle tree over leaves, as in RFC 6962, section 2.1.
 *
 * @param leafHashes - 32 octets each, in order; borrowed, each until the next is asked for.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned. Of no leaves, the hash of the empty string.
 * @remarks One hash less than there are leaves; holds no more than log₂ n of them.
 */
export function merkleRoot(leafHashes: Iterable<Uint8Array>, hasher: Hasher = sha256Hasher): Bytes {
  // Complete subtrees from the left, each higher than the next, as the binary digits of the count have them.
  const subtrees: { readonly height: number; readonly hash: Bytes }[] = [];
  for (const leaf of leafHashes) {
    let subtree = { height: 0, hash: copyBytes(leaf) };
    while (subtrees.at(-1)?.height === subtree.height) {
      const left = subtrees.pop() as typeof subtree;
      subtree = { height: subtree.height + 1, hash: merkleNodeHash(left.hash, subtree.hash, hasher) };
    }
    subtrees.push(subtree);
  }
  if (subtrees.length === 0) return hasher.digest([]);
  return subtrees.map(({ hash }) => hash).reduceRight((right, left) => merkleNodeHash(left, right, hasher));
}

/**
 * The hash of a node of a Merkle tree as in RFC 6962, section 2.1.
 *
 * @param left - 32 octets; borrowed, as `right`.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function merkleNodeHash(left: Uint8Array, right: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return hasher.digest([NODE, left, right]);
}
