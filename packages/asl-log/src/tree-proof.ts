import { equalBytes, formatHex, type Hasher, merkleNodeHash, sha256Hasher } from '@amduat/asl-core';
import { headError } from './errors.js';

/** Leaves from one index up to, but without, another. */
export interface LeafRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** A leaf of a tree with so many leaves. */
export interface LeafPlace {
  /** From 0: that of record n is n − 1. */
  readonly index: bigint;
  /** How many leaves the tree has. */
  readonly size: bigint;
}

/** The root of a tree, and how many leaves it has. */
export interface TreeHead {
  readonly size: bigint;
  readonly root: Uint8Array;
}

/**
 * The parts of a tree whose roots are the path of a leaf, in the order of the path.
 *
 * @spec HEAD-INC-1
 * @throws RangeError unless 0 ≤ index < size ≤ 2^64.
 */
export function inclusionRanges({ index, size }: LeafPlace): LeafRange[] {
  if (index < 0n || index >= size || size > 2n ** 64n) throw new RangeError('index: expected one below size');
  const ranges: LeafRange[] = [];
  let [from, to] = [0n, size];
  while (to - from > 1n) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/**
 * Checks that a leaf is in a tree.
 *
 * @spec HEAD-INC-1, HEAD-INC-2
 * @param leafHash - as merkleLeafHash gives it; borrowed, as the other hashes.
 * @param place - of the leaf.
 * @param path - from the leaf up.
 * @param root - of the tree.
 * @param hasher - a SHA-256.
 * @throws AslError `HEAD.INCLUSION`.
 */
export function assertInclusion(
  leafHash: Uint8Array,
  place: LeafPlace,
  path: readonly Uint8Array[],
  root: Uint8Array,
  hasher: Hasher = sha256Hasher,
): void {
  const { index, size } = place;
  if (index < 0n || index >= size)
    throw noInclusion('a leaf that is not there', size.toString(), index.toString());
  const ranges = inclusionRanges(place);
  if (ranges.length !== path.length)
    throw noInclusion('a path of another length', ranges.length, path.length);
  let hash = leafHash;
  for (const [step, { from }] of ranges.entries()) {
    const other = path[step] as Uint8Array;
    hash = from > index ? merkleNodeHash(hash, other, hasher) : merkleNodeHash(other, hash, hasher);
  }
  if (!equalBytes(hash, root)) throw noInclusion('another root', formatHex(root), formatHex(hash));
}

/**
 * The parts of a tree whose roots show that the tree of its first leaves is its beginning, in the order of the proof.
 *
 * @spec HEAD-CON-1
 * @param first - how many leaves the first tree has; 0 to `size`.
 * @param size - how many the second one has, at most 2^64.
 */
export function consistencyRanges(first: bigint, size: bigint): LeafRange[] {
  if (first < 0n || first > size || size > 2n ** 64n) throw new RangeError('first: expected at most size');
  return first === 0n ? [] : subproof(first, { from: 0n, to: size }, true);
}

/** RFC 6962, section 2.1.2. */
function subproof(first: bigint, range: LeafRange, isWhole: boolean): LeafRange[] {
  const { from, to } = range;
  if (first === to - from) return isWhole ? [] : [range];
  const split = splitOf(to - from);
  const middle = from + split;
  return first <= split
    ? [...subproof(first, { from, to: middle }, isWhole), { from: middle, to }]
    : [...subproof(first - split, { from: middle, to }, false), { from, to: middle }];
}

/**
 * Checks that one tree is the beginning of another.
 *
 * @spec HEAD-CON-1, HEAD-CON-2, HEAD-CON-3
 * @param proof - hashes in the order of {@link consistencyRanges}; borrowed.
 * @param hasher - a SHA-256.
 * @throws AslError `HEAD.CONSISTENCY`.
 */
export function assertConsistency(
  first: TreeHead,
  second: TreeHead,
  proof: readonly Uint8Array[],
  hasher: Hasher = sha256Hasher,
): void {
  // HEAD-CON-3
  if (first.size > second.size) throw notConsistent('a first tree with more leaves', second.size, first.size);
  const expected = consistencyRanges(first.size, second.size).length;
  if (expected !== proof.length) throw notConsistent('a proof of another length', expected, proof.length);
  if (first.size === second.size) assertRoot(second.root, first.root);
  if (first.size === 0n) return assertRoot(first.root, hasher.digest([]));
  const rebuilt = rebuild(first, second.size, true, [...proof], hasher);
  assertRoot(first.root, rebuilt.first);
  assertRoot(second.root, rebuilt.second);
}

/** Both roots, from a proof whose outermost part stands last. */
function rebuild(
  { size: first, root }: TreeHead,
  size: bigint,
  isWhole: boolean,
  proof: Uint8Array[],
  hasher: Hasher,
): { first: Uint8Array; second: Uint8Array } {
  if (first === size) {
    const hash = isWhole ? root : (proof.pop() as Uint8Array);
    return { first: hash, second: hash };
  }
  const split = splitOf(size);
  const other = proof.pop() as Uint8Array;
  if (first <= split) {
    const below = rebuild({ size: first, root }, split, isWhole, proof, hasher);
    return { first: below.first, second: merkleNodeHash(below.second, other, hasher) };
  }
  const below = rebuild({ size: first - split, root }, size - split, false, proof, hasher);
  return {
    first: merkleNodeHash(other, below.first, hasher),
    second: merkleNodeHash(other, below.second, hasher),
  };
}

function assertRoot(expected: Uint8Array, got: Uint8Array): void {
  if (!equalBytes(expected, got)) throw notConsistent('another root', formatHex(expected), formatHex(got));
}

/** The greatest power of two below a size of at least 2. */
function splitOf(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}

function noInclusion(
  text: string,
  expected: string | number,
  got: string | number,
): ReturnType<typeof headError> {
  // HEAD-INC-2
  return headError('HEAD.INCLUSION', `the path does not show the leaf: ${text}`, { expected, got });
}

function notConsistent(
  text: string,
  expected: string | number | bigint,
  got: string | number | bigint,
): ReturnType<typeof headError> {
  // HEAD-CON-1, HEAD-CON-2
  const details = { expected: expected.toString(), got: got.toString() };
  return headError('HEAD.CONSISTENCY', `the first tree is not shown to be the beginning: ${text}`, details);
}
