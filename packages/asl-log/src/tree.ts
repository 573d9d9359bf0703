import { type Bytes, copyBytes, type Hasher, sha256Hasher } from '@amduat/asl-core';
import { HASH_LENGTH } from './limits.js';
import type { LogRecord } from './record.js';

const LEAF: Uint8Array = Uint8Array.of(0);
const NODE: Uint8Array = Uint8Array.of(1);

/**
 * The data of a record's leaf.
 *
 * @spec LOG-TREE-1
 * @param record - of any type; borrowed.
 * @returns 33 octets: whether the payload is public, then the record_hash; owned.
 */
export function leafData(record: LogRecord): Bytes {
  const data = new Uint8Array(1 + HASH_LENGTH);
  // LOG-TREE-1: an empty payload, and one that begins with anything else, is not public.
  data[0] = record.payload[0] === 1 ? 1 : 0;
  data.set(record.recordHash, 1);
  return data;
}

/**
 * The hash of a leaf.
 *
 * @spec LOG-TREE-2
 * @param data - as leafData gives it; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function leafHash(data: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  // LOG-TREE-2
  return hasher.digest([LEAF, data]);
}

/**
 * The root of the Merkle tree over leaves, as in RFC 6962.
 *
 * @spec LOG-TREE-2
 * @param leafHashes - in the order of the log; borrowed.
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
      subtree = { height: subtree.height + 1, hash: nodeHash(left.hash, subtree.hash, hasher) };
    }
    subtrees.push(subtree);
  }
  // LOG-TREE-2
  if (subtrees.length === 0) return hasher.digest([]);
  return subtrees.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right, hasher));
}

function nodeHash(left: Uint8Array, right: Uint8Array, hasher: Hasher): Bytes {
  return hasher.digest([NODE, left, right]);
}
