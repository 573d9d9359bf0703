// @ts-check
import { makeAbsentDigests, shuffledNumbers } from '../data.mjs';
import { rateOf } from '../meter.mjs';
import { abilityOf, assertAnswer, fillStore, itemsFor } from '../peer-data.mjs';
import { memoryReads } from './limits.mjs';

/** @import { Key, StoreReader } from '../peers.mjs' */
/** @import { Context, Sample, Workload } from '../workloads.mjs' */

/** @type {Workload} */
export const lookup = {
  name: 'lookup',
  needs: 'store',
  about: ({ itemCount }) => `whether an item is there, one key at a time, of ${itemCount} items`,
  rows: [
    { name: 'lookup, present', unit: 'keys/s', limit: memoryReads },
    { name: 'lookup, absent', unit: 'keys/s' },
  ],
  phases: [
    async (context) => {
      await fillStore(context, itemsFor(context));
      return [];
    },
    measure,
  ],
};

/** @param {Context} context */
async function measure(context) {
  const { peer, plan, folder } = context;
  const { digestOf, keyOf, open } = abilityOf(peer, 'store');
  const digests = itemsFor(context).map((item) => digestOf(item));
  const order = Array.from(shuffledNumbers(digests.length));
  const present = order.map((number) => keyOf(/** @type {Uint8Array} */ (digests[number])));
  const absent = makeAbsentDigests(digests.length).map((digest) => keyOf(digest));
  const reader = await open(folder);
  /** @type {Sample[]} */
  const samples = [];
  for (const { row, keys, expected } of [
    { row: 'lookup, present', keys: present, expected: present.length },
    { row: 'lookup, absent', keys: absent, expected: 0 },
  ]) {
    const pass = async () => {
      assertAnswer(peer, `${row}: keys found`, await countPresent(reader, keys), expected);
    };
    await pass();
    samples.push({ row, ...(await rateOf(plan, keys.length, pass)) });
  }
  await reader.close();
  return samples;
}

/**
 * @param {StoreReader} reader
 * @param {readonly Key[]} keys
 */
async function countPresent(reader, keys) {
  let count = 0;
  for (const key of keys) {
    let answer = reader.lookUp(key);
    // Waiting for what is there already would cost those that answer at once.
    if (answer instanceof Promise) answer = await answer;
    if (reader.isPresent(answer)) count += 1;
  }
  return count;
}
