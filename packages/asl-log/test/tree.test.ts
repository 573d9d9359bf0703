import { formatHex } from '@amduat/asl-core';
import { genesisState, leafData, leafHash, merkleRoot } from '@amduat/asl-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chained, DOMAIN, logOf, publication, seal, sha256 } from './logs.js';

/** RFC 6962, word for word. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

describe('[LOG-TREE-1] leaf data', () => {
  it('is the publicity and the record_hash', () => {
    const { records } = logOf(false, [seal('x'), publication('artifact-publish', 1)]);
    expect(records.map((record) => formatHex(leafData(record)))).toEqual(
      records.map(({ recordHash }, index) => `0${index}${formatHex(recordHash)}`),
    );
  });

  it('of any type is public only if the payload begins with 1', () => {
    const state = genesisState(DOMAIN, true);
    const flags = [[], [0], [1], [2], [0x81], [1, 9]].map(
      (payload) => leafData(chained(state, 8, Uint8Array.from(payload)))[0],
    );
    expect(flags).toEqual([0, 0, 1, 0, 0, 1]);
  });
});

describe('[LOG-TREE-2] root', () => {
  it('is that of RFC 6962 for every number of leaves', () => {
    const leaves = Array.from({ length: 70 }, (_, index) => sha256(`leaf ${index}`));
    for (let count = 0; count <= leaves.length; count++) {
      const some = leaves.slice(0, count);
      expect(formatHex(merkleRoot(some))).toBe(formatHex(rootOf(some)));
    }
  });

  it('stands on leaf hashes that are no node hashes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (data) => {
        expect(leafHash(data)).toEqual(sha256(Uint8Array.of(0), data));
      }),
    );
  });

  it('is that of the known answers', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(formatHex(merkleRoot([]))).toBe(empty);
    expect(formatHex(merkleRoot([leafHash(new Uint8Array(0))]))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });
});
