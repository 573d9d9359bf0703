// @ts-check
import { hash } from 'node:crypto';
import { shuffledNumbers } from '../data.mjs';
import { rateOf } from '../meter.mjs';
import { abilityOf, assertAnswer, fillStore, itemsFor } from '../peer-data.mjs';
import { meanItemLength, memorySeconds } from './limits.mjs';

/** @import { Key, StoreReader } from '../peers.mjs' */
/** @import { Context, Workload } from '../workloads.mjs' */

/** @typedef {{ item: Buffer, key: Key, digest: string }} Wanted the digest is that of the bytes alone, as Latin-1 text */

/** @type {Workload} */
export const get = {
  name: 'get',
  needs: 'store',
  about: ({ itemCount }) => `payloads the caller owns, one key at a time, of ${itemCount} items`,
  rows: [
    {
      name: 'get, as it comes',
      unit: 'items/s',
      limit: (limits) => ({
        value: 1 / copySeconds(limits),
        what: 'two dependent reads of memory, and a copy',
      }),
    },
    {
      name: 'get, verified',
      unit: 'items/s',
      limit: (limits) => {
        const seconds = meanItemLength() / (1e6 * (limits.get('sha256 of items') ?? Number.NaN));
        return { value: 1 / (copySeconds(limits) + seconds), what: 'the same, and one core hashing' };
      },
    },
  ],
  phases: [
    async (context) => {
      await fillStore(context, itemsFor(context));
      return [];
    },
    measure,
  ],
};

/** @param {ReadonlyMap<string, number>} limits */
function copySeconds(limits) {
  return memorySeconds(limits) + meanItemLength() / (1e6 * (limits.get('memcpy') ?? Number.NaN));
}

/** @param {Context} context */
async function measure(context) {
  const { peer, plan, folder } = context;
  const { digestOf, keyOf, open, verifies } = abilityOf(peer, 'store');
  const items = itemsFor(context);
  const wanted = Array.from(shuffledNumbers(items.length), (number) => {
    const item = /** @type {Buffer} */ (items[number]);
    return { item, key: keyOf(digestOf(item)), digest: hash('sha256', item, 'binary') };
  });
  const expected = wanted.reduce((sum, { item }) => sum + weightOf(item), 0);
  const reader = await open(folder);
  for (const { item, key } of wanted) {
    const bytes = await reader.get(key);
    assertAnswer(
      peer,
      'the bytes are those that were stored',
      bytes !== undefined && item.equals(bytes),
      true,
    );
  }
  const plain = await rateOf(plan, wanted.length, async () => {
    assertAnswer(peer, 'sum over the bytes', await readAll(reader, wanted), expected);
  });
  const verified = verifies
    ? plain
    : await rateOf(plan, wanted.length, async () => {
        assertAnswer(peer, 'items verified', await verifyAll(reader, wanted), wanted.length);
      });
  await reader.close();
  return [
    { row: 'get, as it comes', ...plain },
    { row: 'get, verified', ...verified },
  ];
}

/** @param {Uint8Array} bytes at least one */
function weightOf(bytes) {
  return bytes.length + (bytes[0] ?? 0) + (bytes[bytes.length - 1] ?? 0);
}

/**
 * @param {StoreReader} reader
 * @param {readonly Wanted[]} wanted
 */
async function readAll(reader, wanted) {
  let sum = 0;
  for (const { key } of wanted) {
    let bytes = reader.get(key);
    if (bytes instanceof Promise) bytes = await bytes;
    if (bytes !== undefined) sum += weightOf(bytes);
  }
  return sum;
}

/**
 * @param {StoreReader} reader
 * @param {readonly Wanted[]} wanted
 */
async function verifyAll(reader, wanted) {
  let count = 0;
  for (const { key, digest } of wanted) {
    let bytes = reader.get(key);
    if (bytes instanceof Promise) bytes = await bytes;
    if (bytes !== undefined && hash('sha256', bytes, 'binary') === digest) count += 1;
  }
  return count;
}
