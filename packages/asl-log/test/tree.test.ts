import { formatHex } from '@amduat/asl-core';
import { genesisState, leafData } from '@amduat/asl-log';
import { describe, expect, it } from 'vitest';
import { chained, DOMAIN, logOf, publication, seal } from './logs.js';

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
