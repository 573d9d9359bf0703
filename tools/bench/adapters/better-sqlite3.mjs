// @ts-check
import { join } from 'node:path';
import { DIGEST_LENGTH, digestAt, sha256 } from '../data.mjs';
import { load } from '../install.mjs';
import { BATCH_LENGTH, indexValues, valueAt, valueLength } from './index-values.mjs';

/** @import { Peer } from '../peers.mjs' */

/**
 * @param {string} folder
 * @param {string} schema
 */
function openDatabase(folder, schema) {
  const database = load('better-sqlite3')(join(folder, 'data.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(schema);
  return database;
}

const ITEMS = 'CREATE TABLE IF NOT EXISTS items (key BLOB PRIMARY KEY, value BLOB NOT NULL)';
const RECORDS = 'CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, value BLOB NOT NULL)';
const INDEX = 'CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID';

/** @type {Peer} */
export const betterSqlite3 = {
  name: 'better-sqlite3',
  installs: 'better-sqlite3',
  notes: ['does not verify what it reads; its log is not chained'],
  store: {
    verifies: false,
    digestOf: sha256,
    keyOf: (digest) => digest,
    async create(folder) {
      const database = openDatabase(folder, ITEMS);
      const insert = database.prepare('INSERT INTO items VALUES (?, ?)');
      return {
        commit: database.transaction((/** @type {readonly Buffer[]} */ items) => {
          for (const item of items) insert.run(sha256(item), item);
        }),
        close: () => database.close(),
      };
    },
    async open(folder) {
      const database = openDatabase(folder, ITEMS);
      const exists = database.prepare('SELECT 1 FROM items WHERE key = ?').pluck();
      const select = database.prepare('SELECT value FROM items WHERE key = ?').pluck();
      const scan = database.prepare('SELECT key FROM items ORDER BY key').pluck();
      return {
        lookUp: (key) => exists.get(key),
        isPresent: (answer) => answer === 1,
        get: (key) => select.get(key),
        scan(visit) {
          for (const key of scan.iterate()) visit(key);
        },
        close: () => database.close(),
      };
    },
  },
  log: {
    entryOf: (record) => record,
    expected: (record) => record,
    async create(folder) {
      const database = openDatabase(folder, RECORDS);
      const insert = database.prepare('INSERT INTO records (value) VALUES (?)');
      return {
        append: database.transaction((/** @type {readonly Buffer[]} */ records) => {
          for (const record of records) insert.run(record);
        }),
        close: () => database.close(),
      };
    },
    async replay(folder) {
      const database = openDatabase(folder, RECORDS);
      let count = 0;
      for (const value of database.prepare('SELECT value FROM records ORDER BY number').pluck().iterate()) {
        if (value.length > 0) count += 1;
      }
      database.close();
      return count;
    },
    async contents(folder) {
      const database = openDatabase(folder, RECORDS);
      const records = database.prepare('SELECT value FROM records ORDER BY number').pluck().all();
      database.close();
      return records;
    },
  },
  index: {
    keyOf: (digest) => digest,
    async build(folder, digests) {
      const database = openDatabase(folder, INDEX);
      const insert = database.prepare('INSERT INTO entries VALUES (?, ?)');
      const count = digests.length / DIGEST_LENGTH;
      const values = indexValues(count);
      const insertRange = database.transaction((/** @type {number} */ from, /** @type {number} */ to) => {
        for (let at = from; at < to; at++) insert.run(digestAt(digests, at), valueAt(values, at));
      });
      for (let from = 0; from < count; from += BATCH_LENGTH)
        insertRange(from, Math.min(count, from + BATCH_LENGTH));
      database.close();
    },
    async open(folder) {
      const database = openDatabase(folder, INDEX);
      const select = database.prepare('SELECT value FROM entries WHERE key = ?').pluck();
      const scan = database.prepare('SELECT key FROM entries ORDER BY key').pluck();
      return {
        lengthOf: (key) => valueLength(select.get(key)),
        scan(visit) {
          for (const key of scan.iterate()) visit(key);
        },
        close: () => database.close(),
      };
    },
  },
};
