import { type Bytes, merkleLeafHash, merkleRoot } from '@amduat/asl-core';
import {
  assertConsistency,
  assertInclusion,
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
} from '@amduat/asl-log';
import { describe, expect, it } from 'vitest';
import { platformHasher as hasher } from './logs.js';

const COUNT = 34;
const LEAVES: readonly Bytes[] = Array.from({ length: COUNT }, (_, index) =>
  merkleLeafHash(Uint8Array.of(index), hasher),
);
const ZERO = new Uint8Array(32);

const rootOf = (size: number) => merkleRoot(LEAVES.slice(0, size), hasher);
const rootsOf = (ranges: readonly LeafRange[]) =>
  ranges.map(({ from, to }) => merkleRoot(LEAVES.slice(Number(from), Number(to)), hasher));

/** The same hashes with one more, one less, or one changed, each at every place. */
function* wrong(path: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (let at = 0; at <= path.length; at++) {
    yield [...path.slice(0, at), ZERO, ...path.slice(at)];
    if (at === path.length) continue;
    yield [...path.slice(0, at), ...path.slice(at + 1)];
    yield [...path.slice(0, at), ZERO, ...path.slice(at + 1)];
  }
}

describe('[HEAD-INC-1] [HEAD-INC-2] the path of a leaf', () => {
  it('leads to the root from its leaf alone, and is refused with any change', () => {
    for (let size = 1; size <= COUNT; size++) {
      for (let index = 0; index < size; index++) {
        const place = { index: BigInt(index), size: BigInt(size) };
        const path = rootsOf(inclusionRanges(place));
        const leaf = LEAVES[index] as Bytes;
        assertInclusion(leaf, place, path, rootOf(size), hasher);
        const other = LEAVES[(index + 1) % COUNT] as Bytes;
        expect(() => assertInclusion(other, place, path, rootOf(size), hasher)).toThrow(/^HEAD\.INCLUSION/);
        for (const changed of wrong(path)) {
          expect(() => assertInclusion(leaf, place, changed, rootOf(size), hasher)).toThrow(
            /^HEAD\.INCLUSION/,
          );
        }
      }
    }
  });
});

describe('[HEAD-CON-1] [HEAD-CON-2] a consistency proof', () => {
  it('shows every tree to be the beginning of every longer one, and is refused with any change', () => {
    for (let size = 0; size <= COUNT; size++) {
      for (let first = 0; first <= size; first++) {
        const heads = [first, size].map((count) => ({ size: BigInt(count), root: rootOf(count) }));
        const [before, after] = heads as [(typeof heads)[0], (typeof heads)[0]];
        const proof = rootsOf(consistencyRanges(before.size, after.size));
        assertConsistency(before, after, proof, hasher);
        for (const changed of wrong(proof)) {
          expect(() => assertConsistency(before, after, changed, hasher)).toThrow(/^HEAD\.CONSISTENCY/);
        }
        const otherRoot = { ...before, root: ZERO };
        expect(() => assertConsistency(otherRoot, after, proof, hasher)).toThrow(/^HEAD\.CONSISTENCY/);
      }
    }
  });
});
