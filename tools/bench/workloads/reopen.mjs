// @ts-check
import { summarize } from '../median.mjs';
import { timeOnce } from '../meter.mjs';
import { abilityOf, assertAnswer, fillStore, itemsFor } from '../peer-data.mjs';

/** @import { Context, Workload } from '../workloads.mjs' */

const TIMES = 20;

/** @type {Workload} */
export const reopen = {
  name: 'reopen',
  needs: 'store',
  about: ({ itemCount }) =>
    `from opening a store of ${itemCount} items to the first payload, files warm, packages loaded; again: median of ${TIMES}`,
  rows: [
    { name: 'reopen, first in a process', unit: 'ms', isLessBetter: true },
    { name: 'reopen, again', unit: 'ms', isLessBetter: true },
  ],
  phases: [
    async (context) => {
      await fillStore(context, itemsFor(context));
      return [];
    },
    async (context) => {
      const items = itemsFor(context);
      const { seconds, otherCores } = await openAndGet(context, /** @type {Buffer} */ (items[0]));
      const again = [];
      for (let time = 1; time <= TIMES; time++) {
        again.push(await openAndGet(context, /** @type {Buffer} */ (items[time % items.length])));
      }
      return [
        { row: 'reopen, first in a process', value: 1000 * seconds, otherCores },
        { row: 'reopen, again', value: 1000 * summarize(again.map((one) => one.seconds)).median },
      ];
    },
  ],
};

/**
 * @param {Context} context
 * @param {Buffer} item
 */
async function openAndGet({ peer, folder }, item) {
  const { digestOf, keyOf, open } = abilityOf(peer, 'store');
  const key = keyOf(digestOf(item));
  /** @type {Uint8Array | undefined} */
  let bytes;
  /** @type {{ close: () => unknown } | undefined} */
  let reader;
  const metered = await timeOnce(async () => {
    const opened = await open(folder);
    bytes = await opened.get(key);
    reader = opened;
  });
  await reader?.close();
  assertAnswer(peer, 'the first bytes', bytes !== undefined && item.equals(bytes), true);
  return metered;
}
