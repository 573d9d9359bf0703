// @ts-check
import { timeOnce } from '../meter.mjs';
import { abilityOf, assertAnswer, fillStore, itemsFor } from '../peer-data.mjs';
import { meanItemLength } from './limits.mjs';

/** @import { Context, Workload } from '../workloads.mjs' */

/** @type {Workload} */
export const ingest = {
  name: 'ingest',
  needs: 'store',
  about: ({ itemCount }) =>
    `${itemCount} items of 256 to 4095 octets, digested and stored, a commit after each 1000 waited for`,
  rows: [
    {
      name: 'ingest',
      unit: 'items/s',
      limit(limits) {
        const rates = ['sha256 of items', 'write + fsync'].map((name) => limits.get(name) ?? Number.NaN);
        const value = (1e6 * Math.min(...rates)) / meanItemLength();
        return { value, what: 'one core hashing or the disk writing, the slower of the two' };
      },
    },
  ],
  phases: [
    async (context) => {
      const items = itemsFor(context);
      const { seconds, otherCores } = await timeOnce(() => fillStore(context, items));
      return [{ row: 'ingest', value: items.length / seconds, otherCores }];
    },
    async (context) => {
      await assertAllStored(context);
      return [];
    },
  ],
};

/** @param {Context} context */
async function assertAllStored(context) {
  const { peer, folder } = context;
  const { digestOf, keyOf, open } = abilityOf(peer, 'store');
  const reader = await open(folder);
  for (const [number, item] of itemsFor(context).entries()) {
    const bytes = await reader.get(keyOf(digestOf(item)));
    assertAnswer(peer, `item ${number} is there`, bytes !== undefined && item.equals(bytes), true);
  }
  await reader.close();
}
