import type { Storage } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { type Told, WHOLE } from './kills/history.mjs';
import { MEMORY_CASES, reopen, uncutHistory, untilStopped } from './stops/runs.js';
import { expectedOf, expectSame, faultsIn } from './stops/said.js';
import { stoppingStorage, stopsOf } from './stops/stopping.js';
import { expectToGoOn } from './stops/writes.js';

const WHOLE_LOG: Told = { ...WHOLE, base: 0n };

describe('[STO-DUR-2] [STO-DUR-3] [STO-DUR-4] [STO-SNP-2] [STO-CUT-1] [STO-CUT-4] puts, snapshots and cuts in memory', () => {
  it.each(MEMORY_CASES)(
    'that are $aftermath $when any step leave what was acknowledged, and go on to the same end',
    expectToGoOn,
  );
});

describe('[STO-CUT-1] [STO-CUT-5] a cut that was stopped', () => {
  it('can be made at a lower position, and then where it was to be', async () => {
    const expected = await expectedOf(await reopen(await uncutHistory()));
    const [lower, position] = expected.kept as [bigint, bigint];
    const cutting = async (storage: Storage) => await (await reopen(storage)).cut(position);
    const undisturbed = stoppingStorage(await uncutHistory());
    await cutting(undisturbed.storage);
    for (const stop of stopsOf(undisturbed.steps)) {
      const found = await uncutHistory();
      const { storage, stopped } = stoppingStorage(found, stop);
      await untilStopped(stopped, cutting(storage));
      const store = await reopen(found);
      // What is below the base is gone once the cut is durable.
      const base = await store.cut(lower).catch(() => position);
      expect(await expectSame(await reopen(found), WHOLE_LOG, expected)).toEqual({ ...WHOLE, base });
      expect(await cutting(found)).toBe(position);
      const end = { ...WHOLE, base: position };
      expect(await expectSame(await reopen(found), end, expected)).toEqual(end);
      expect(await faultsIn(found)).toEqual([]);
    }
  });
});
