import { createHash } from 'node:crypto';
import { formatHex, merkleLeafHash, merkleRoot } from '@amduat/asl-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** RFC 6962, word for word. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

describe('Merkle tree of RFC 6962', () => {
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
        expect(merkleLeafHash(data)).toEqual(sha256(Uint8Array.of(0), data));
      }),
    );
  });

  it('is that of the known answers', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(formatHex(merkleRoot([]))).toBe(empty);
    expect(formatHex(merkleRoot([merkleLeafHash(new Uint8Array(0))]))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });
});
