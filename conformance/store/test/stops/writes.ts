import { createHash } from 'node:crypto';
import { memoryStorage, type Storage } from '@amduat/asl-store';
import { expect } from 'vitest';
import { goOn, openDemo, type Told, WHOLE } from '../kills/history.mjs';
import {
  type Case,
  inLanes,
  isStore,
  objectsOf,
  reopen,
  reportOf,
  uncutHistory,
  untilStopped,
} from './runs.js';
import { expectedOf, expectSame, expectSound, faultsIn } from './said.js';
import { type Stop, stoppingStorage, stopsOf } from './stopping.js';

const NOTHING: Told = { position: 0n, base: 0n };

/**
 * Stops the history everywhere, and expects what was acknowledged to be there each time, and whoever goes on to come to the
 * end that a history comes to which nobody stopped.
 */
export async function expectToGoOn({ backend, aftermath, tried }: Case): Promise<void> {
  const expected = await expectedOf(await reopen(await uncutHistory()));
  const undisturbed = stoppingStorage(memoryStorage());
  await writeAll(undisturbed.storage);
  const objects = await objectsOf(undisturbed.storage);
  const stops = stopsOf(undisturbed.steps).filter(tried);
  let tornCount = 0;

  /** Gives the storage as it is found after a stop, and what was acknowledged before. */
  async function stopAt(stop: Stop): Promise<{ found: Storage; told: Told }> {
    const again = backend.make();
    const { storage, steps, stopped } = stoppingStorage(again(), stop, aftermath);
    let told = NOTHING;
    const work = writeAll(storage, (now) => {
      told = now;
    });
    await untilStopped(stopped, work);
    expect(steps).toHaveLength(stop.number);
    return { found: again(), told };
  }

  const seen = new Set<string>();
  await inLanes(stops, async (stop) => {
    const { found, told } = await stopAt(stop);
    const image = `${told.position} ${told.base} ${await imageOf(found)}`;
    if (seen.has(image)) return;
    seen.add(image);
    if (await isStore(found)) {
      if ((await expectSound(found)).isTorn) tornCount++;
      await expectSame(await reopen(found), told, expected);
    } else expect(told).toBe(NOTHING);
    await writeAll(found);
    expect(await expectSame(await reopen(found), WHOLE, expected, WHOLE.base)).toEqual(WHOLE);
    expect(await faultsIn(found)).toEqual([]);
    expect(await objectsOf(found)).toEqual(objects);
    found.close();
  });
  console.log(
    `${reportOf(undisturbed.steps, stops)}; ${seen.size} different stores, ${tornCount} torn tails`,
  );
  expect(stops.length).toBeGreaterThanOrEqual(100);
  // A frame of which a part is there is one that was appended in part.
  expect(tornCount > 10).toBe(stops.some(({ done }) => typeof done === 'number'));
}

/** What is stored, whoever made the claims: where two stops left the same, looking at it once is enough. */
async function imageOf(storage: Storage): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [...(await storage.list('')), ...(await storage.list('derived/'))]) {
    const bytes = (await storage.read(name, 0, (await storage.size(name)) ?? 0)) ?? new Uint8Array();
    hash.update(`${name} ${bytes.length} `).update(name.startsWith('writer/') ? '' : bytes);
  }
  return hash.digest('hex');
}

async function writeAll(storage: Storage, tell: (told: Told) => void = () => {}): Promise<void> {
  await goOn(await openDemo(storage, { mayRun: () => false }), { tell });
}
