import { BLOCK_LENGTH_MAX, blockIdOf, HASH_SHA256, type Hasher, isAslError } from '@amduat/asl-core';
import { describe, expect, it } from 'vitest';

/** Hashes nothing: what is under test is which lengths reach the hash at all. */
const lengths: Hasher = {
  hashId: HASH_SHA256,
  digest: (parts) => new Uint8Array([...parts].map((part) => Number(part.length === BLOCK_LENGTH_MAX))),
  start: () => {
    throw new Error('not used for a block');
  },
};

describe('[CORE-BLK-3] blocks', () => {
  it('are sealed with 2^30 bytes and refused with one more', () => {
    const bytes = new Uint8Array(BLOCK_LENGTH_MAX + 1);
    expect(blockIdOf(bytes.subarray(1), lengths)).toEqual(Uint8Array.of(1));
    try {
      blockIdOf(bytes, lengths);
      expect.unreachable();
    } catch (error) {
      if (!isAslError(error, 'CORE.BLOCK.LENGTH')) throw error;
      expect(error.details).toEqual({ expected: 2 ** 30, got: 2 ** 30 + 1 });
    }
  });
});
