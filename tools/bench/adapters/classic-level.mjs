// @ts-check
import { DIGEST_LENGTH, digestAt, sha256 } from '../data.mjs';
import { load } from '../install.mjs';
import { BATCH_LENGTH, indexValues, valueAt, valueLength } from './index-values.mjs';

/** @import { Peer } from '../peers.mjs' */

const READ_AT_ONCE = 1000;
const DURABLE = { sync: true };

/** @param {string} folder */
async function openDatabase(folder) {
  const { ClassicLevel } = load('classic-level');
  const database = new ClassicLevel(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  await database.open();
  return database;
}

/**
 * @param {{ nextv: (size: number) => Promise<any[]>, close: () => Promise<void> }} iterator
 * @param {(entry: any) => void} visit
 */
async function drain(iterator, visit) {
  for (let entries = await iterator.nextv(READ_AT_ONCE); entries.length > 0; ) {
    for (const entry of entries) visit(entry);
    entries = await iterator.nextv(READ_AT_ONCE);
  }
  await iterator.close();
}

/**
 * Writes entries so that they become durable together. In the form that takes a list it is ten times slower.
 *
 * @param {any} database
 * @param {Iterable<readonly [key: Buffer, value: Buffer]>} entries
 */
async function writeDurably(database, entries) {
  const batch = database.batch();
  for (const [key, value] of entries) batch.put(key, value);
  await batch.write(DURABLE);
}

/** @param {number} number */
function numberKey(number) {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(number);
  return key;
}

/** @type {Peer} */
export const classicLevel = {
  name: 'classic-level',
  installs: 'classic-level',
  notes: ['does not verify what it reads; its log is not chained'],
  store: {
    verifies: false,
    digestOf: sha256,
    keyOf: (digest) => digest,
    async create(folder) {
      const database = await openDatabase(folder);
      return {
        commit: (items) =>
          writeDurably(
            database,
            items.map((item) => [sha256(item), item]),
          ),
        close: () => database.close(),
      };
    },
    async open(folder) {
      const database = await openDatabase(folder);
      return {
        lookUp: (key) => database.getSync(key),
        isPresent: (answer) => answer !== undefined,
        get: (key) => database.getSync(key),
        scan: (visit) => drain(database.keys(), visit),
        close: () => database.close(),
      };
    },
  },
  log: {
    entryOf: (record) => record,
    expected: (record) => record,
    async create(folder) {
      const database = await openDatabase(folder);
      let next = 0;
      return {
        append: (records) =>
          writeDurably(
            database,
            records.map((record) => [numberKey(next++), record]),
          ),
        close: () => database.close(),
      };
    },
    async replay(folder) {
      const database = await openDatabase(folder);
      let count = 0;
      await drain(database.values(), (value) => {
        if (value.length > 0) count += 1;
      });
      await database.close();
      return count;
    },
    async contents(folder) {
      const database = await openDatabase(folder);
      const records = await database.values().all();
      await database.close();
      return records;
    },
  },
  index: {
    keyOf: (digest) => digest,
    async build(folder, digests) {
      const database = await openDatabase(folder);
      const count = digests.length / DIGEST_LENGTH;
      const values = indexValues(count);
      for (let from = 0; from < count; from += BATCH_LENGTH) {
        const length = Math.min(count - from, BATCH_LENGTH);
        const entries = Array.from(
          { length },
          (_, index) =>
            /** @type {const} */ ([digestAt(digests, from + index), valueAt(values, from + index)]),
        );
        await writeDurably(database, entries);
      }
      await database.close();
    },
    async open(folder) {
      const database = await openDatabase(folder);
      return {
        lengthOf: (key) => valueLength(database.getSync(key)),
        scan: (visit) => drain(database.keys(), visit),
        close: () => database.close(),
      };
    },
  },
};
