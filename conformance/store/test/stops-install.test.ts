import { installSnapshot, memoryStorage, type Storage } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { goOn, openDemo, WHOLE } from './kills/history.mjs';
import {
  FILES_CASE,
  inLanes,
  isStore,
  MEMORY_CASES,
  objectsOf,
  reopen,
  reportOf,
  uncutHistory,
  untilStopped,
} from './stops/runs.js';
import { type Expected, expectedOf, expectSame, faultsIn } from './stops/said.js';
import { stoppingStorage, stopsOf } from './stops/stopping.js';

async function cutHistory(): Promise<Storage> {
  const storage = memoryStorage();
  await goOn(await openDemo(storage));
  return storage;
}

const SOURCES = [
  { of: 'a whole log', source: uncutHistory },
  { of: 'a log that was cut', source: cutHistory },
];

/** Whether an install says anything of positions below its own is for the objects that are there. */
async function installed(): Promise<Expected> {
  return { ...(await expectedOf(await reopen(await uncutHistory()))), kept: [] };
}

async function expectInstalled(to: Storage, base: bigint, expected: Expected): Promise<void> {
  const told = { ...WHOLE, base };
  expect(await expectSame(await reopen(to), told, expected)).toEqual(told);
  expect(await faultsIn(to)).toEqual([]);
}

describe.each([...MEMORY_CASES, FILES_CASE])(
  '[STO-INS-2] [STO-INS-3] an install on the $backend.name',
  ({ backend, aftermath, when, tried }) => {
    it.each(SOURCES)(
      `of $of that is ${aftermath} ${when} any step leaves no store or a whole one, and can be done again`,
      async ({ source }) => {
        const [expected, from] = [await installed(), await source()];
        const undisturbed = stoppingStorage(memoryStorage());
        const { position } = await installSnapshot(from, undisturbed.storage);
        const objects = await objectsOf(undisturbed.storage);
        const stops = stopsOf(undisturbed.steps).filter(tried);
        let storeCount = 0;
        await inLanes(stops, async (stop) => {
          const again = backend.make();
          const { storage, stopped } = stoppingStorage(again(), stop, aftermath);
          await untilStopped(stopped, installSnapshot(from, storage));
          const to = again();
          if (await isStore(to)) storeCount++;
          else await installSnapshot(from, to);
          await expectInstalled(to, position, expected);
          expect(await objectsOf(to)).toEqual(objects);
          to.close();
        });
        console.log(reportOf(undisturbed.steps, stops));
        // The genesis manifest comes last, at once.
        const last = stops.filter(
          ({ number, done }) => number === undisturbed.steps.length && done === 'all',
        );
        expect(storeCount).toBe(last.length);
        expect(stops.length).toBeGreaterThan(0);
      },
    );
  },
);

/** A store that has one anchor so far, and goes on. */
async function earlyHistory(): Promise<Storage> {
  const storage = memoryStorage();
  const early = stoppingStorage(storage, { number: 45, done: 'all' });
  await untilStopped(early.stopped, goOn(await openDemo(early.storage)));
  expect(await (await reopen(storage)).anchors()).toHaveLength(1);
  return storage;
}

interface Attempt {
  readonly source: () => Promise<Storage>;
  readonly position?: bigint;
}

const [WHOLE_LOG, LOWER, CUT, EARLY]: readonly Attempt[] = [
  { source: uncutHistory },
  { source: uncutHistory, position: 7n },
  { source: cutHistory },
  { source: earlyHistory },
];

describe('[STO-INS-2] [STO-INS-3] an install that was stopped', () => {
  it.each([
    ['of a lower position', WHOLE_LOG, LOWER],
    ['of a higher position', LOWER, WHOLE_LOG],
    ['of a store that went on', EARLY, WHOLE_LOG],
    ['of a store that was cut', WHOLE_LOG, CUT],
    ['of a copy that was not cut', CUT, WHOLE_LOG],
  ] as [string, Attempt, Attempt][])('can be done again %s', async (_, first, second) => {
    const expected = await installed();
    const [from, from2] = [await first.source(), await second.source()];
    const undisturbed = stoppingStorage(memoryStorage());
    await installSnapshot(from, undisturbed.storage, first);
    const stops = stopsOf(undisturbed.steps).filter(({ done }) => done === 'all');
    // After the last step there is a store.
    for (const stop of stops.slice(0, -1)) {
      const to = memoryStorage();
      const { storage, stopped } = stoppingStorage(to, stop);
      await untilStopped(stopped, installSnapshot(from, storage, first));
      const { position } = await installSnapshot(from2, to, second);
      await expectInstalled(to, position, expected);
    }
  });
});
