// @ts-check
import { DIGEST_LENGTH, digestAt, sha256 } from '../data.mjs';
import { load } from '../install.mjs';
import { BATCH_LENGTH, indexValues, valueAt, valueLength } from './index-values.mjs';

/** @import { Peer } from '../peers.mjs' */

/**
 * @param {string} path
 * @param {string} keyEncoding
 */
function openDatabase(path, keyEncoding = 'binary') {
  return load('lmdb').open({ path, keyEncoding, encoding: 'binary' });
}

/** @type {Peer} */
export const lmdb = {
  name: 'lmdb',
  installs: 'lmdb',
  notes: ['does not verify what it reads; its log is not chained'],
  store: {
    verifies: false,
    digestOf: sha256,
    keyOf: (digest) => digest,
    async create(folder) {
      const database = openDatabase(folder);
      return {
        commit(items) {
          database.transactionSync(() => {
            for (const item of items) database.putSync(sha256(item), item);
          });
        },
        close: () => database.close(),
      };
    },
    async open(folder) {
      const database = openDatabase(folder);
      return {
        lookUp: (key) => database.doesExist(key),
        isPresent: (answer) => answer,
        get: (key) => database.getBinary(key),
        scan(visit) {
          for (const key of database.getKeys()) visit(key);
        },
        close: () => database.close(),
      };
    },
  },
  log: {
    entryOf: (record) => record,
    expected: (record) => record,
    async create(folder) {
      const database = openDatabase(folder, 'uint32');
      let next = 0;
      return {
        append(records) {
          database.transactionSync(() => {
            for (const record of records) database.putSync(next++, record);
          });
        },
        close: () => database.close(),
      };
    },
    async replay(folder) {
      const database = openDatabase(folder, 'uint32');
      let count = 0;
      for (const { value } of database.getRange()) if (value.length > 0) count += 1;
      await database.close();
      return count;
    },
    async contents(folder) {
      const database = openDatabase(folder, 'uint32');
      const records = Array.from(database.getRange(), ({ value }) => Buffer.from(value));
      await database.close();
      return records;
    },
  },
  index: {
    keyOf: (digest) => digest,
    async build(folder, digests) {
      const database = openDatabase(folder);
      const count = digests.length / DIGEST_LENGTH;
      const values = indexValues(count);
      for (let from = 0; from < count; from += BATCH_LENGTH) {
        const to = Math.min(count, from + BATCH_LENGTH);
        database.transactionSync(() => {
          for (let at = from; at < to; at++) database.putSync(digestAt(digests, at), valueAt(values, at));
        });
      }
      await database.close();
    },
    async open(folder) {
      const database = openDatabase(folder);
      return {
        lengthOf: (key) => valueLength(database.getBinaryFast(key)),
        scan(visit) {
          for (const key of database.getKeys()) visit(key);
        },
        close: () => database.close(),
      };
    },
  },
};
