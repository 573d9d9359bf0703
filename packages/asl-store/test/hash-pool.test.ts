import { formatHex } from '@amduat/asl-core';
import { nodeSha256Hasher } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { startHashPool } from '../src/hash-pool.js';

describe('[STO-DET-1] a pool of threads that hash', () => {
  it('gives each buffer back with its own digest, whatever else is asked for', async () => {
    for (const workerCount of [1, 2]) {
      const pool = startHashPool(workerCount);
      // More than is hashed before a thread is started.
      const first = new Uint8Array(2 ** 26);
      expect((await pool.digest(first, first.length)).buffer).toBe(first);
      const buffers = Array.from({ length: 6 }, (_, index) => new Uint8Array(2 ** 16).fill(index));
      const expected = buffers.map((buffer, index) => [
        formatHex(nodeSha256Hasher.digest([buffer.subarray(0, 1000)])),
        index,
      ]);
      const hashed = await Promise.all(buffers.map((buffer) => pool.digest(buffer, 1000)));
      await pool.close();
      expect(hashed.map(({ digest, buffer }) => [formatHex(digest), buffer[0]])).toEqual(expected);
    }
  });
});
