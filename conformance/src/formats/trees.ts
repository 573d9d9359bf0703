import { sha256 } from './bytes.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PAGE_LENGTH = 4096;

/** Hash of the leaf with these data (RFC 6962 §2.1). */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** Root of the tree over leaf hashes, level by level: a hash without a right neighbour goes up as it is. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  let row = leaves;
  while (row.length > 1) {
    row = Array.from({ length: Math.ceil(row.length / 2) }, (_, index) => {
      const [left, right] = [row[2 * index] as Uint8Array, row[2 * index + 1]];
      return right === undefined ? left : nodeHash(left, right);
    });
  }
  return row[0] ?? sha256();
}

/** Root of the tree over the pages of 4,096 bytes: a SegmentID, the hash of a policy table. */
export function pageRoot(bytes: Uint8Array): Uint8Array {
  const pages = Math.ceil(bytes.length / PAGE_LENGTH);
  return rootOf(
    Array.from({ length: pages }, (_, page) =>
      leafHash(bytes.subarray(page * PAGE_LENGTH, (page + 1) * PAGE_LENGTH)),
    ),
  );
}

/** How many splits stand above leaf `index` of `size`, and at which of them the leaf is on the right; the lowest first. */
export function splitsAbove(index: bigint, size: bigint): boolean[] {
  const sides: boolean[] = [];
  let [at, left] = [index, size];
  while (left > 1n) {
    const half = greatestPowerBelow(left);
    sides.unshift(at >= half);
    if (at >= half) [at, left] = [at - half, left - half];
    else left = half;
  }
  return sides;
}

/** The root that a path leads to from a leaf hash; undefined where the path is not as long as it has to be. */
export function rootOfPath(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= size) return undefined;
  const sides = splitsAbove(index, size);
  if (sides.length !== path.length) return undefined;
  return path.reduce(
    (hash, sibling, level) => (sides[level] ? nodeHash(sibling, hash) : nodeHash(hash, sibling)),
    leaf,
  );
}

function greatestPowerBelow(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}
