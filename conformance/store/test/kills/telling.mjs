// @ts-check
import { writeSync } from 'node:fs';

/** @import { Storage } from '@amduat/asl-store' */

const OPERATIONS = 3;

/** Letter of what is written under a name. @type {Readonly<Record<string, string>>} */
const LETTERS = {
  writer: 'W',
  blocks: 'B',
  segments: 'S',
  log: 'L',
  derived: 'D',
  policies: 'P',
  snapshots: 'M',
  leaves: 'K',
  records: 'K',
};

/**
 * The same storage, which says on descriptor 3 which of its operations begins (a capital letter) and ends (a small one).
 *
 * @param {Storage} storage
 * @returns {Storage}
 */
export function tellingStorage(storage) {
  return {
    createOnce: (name, parts) => telling(letterOf(name), () => storage.createOnce(name, parts)),
    append: (name, bytes) => telling(letterOf(name), () => storage.append(name, bytes)),
    keep: (name, parts) => telling(letterOf(name), () => storage.keep(name, parts)),
    read: (name, offset, length) => storage.read(name, offset, length),
    ...(storage.readSync && { readSync: storage.readSync }),
    size: (name) => storage.size(name),
    list: (prefix) => storage.list(prefix),
    folders: (prefix) => storage.folders(prefix),
    delete: (name) => telling('X', () => storage.delete(name)),
    sync: (name) => telling('Y', () => storage.sync(name)),
    tidy: () => storage.tidy(),
    close: () => storage.close(),
  };
}

/** @param {string} name */
const letterOf = (name) => LETTERS[name.slice(0, name.indexOf('/'))] ?? '?';

/**
 * Says that something begins and ends: an operation, or what operations are done for.
 *
 * @template T
 * @param {string} letter
 * @param {() => Promise<T>} work
 */
export async function telling(letter, work) {
  writeSync(OPERATIONS, letter);
  const result = await work();
  writeSync(OPERATIONS, letter.toLowerCase());
  return result;
}

/**
 * Writes one line of JSON to standard output, at once.
 *
 * @param {unknown} value
 */
export function say(value) {
  writeSync(1, `${JSON.stringify(value)}\n`);
}
