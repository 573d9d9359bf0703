// @ts-check
import { writeSync } from 'node:fs';

/** @import { Storage } from '@amduat/asl-store' */

const OPERATIONS = 3;

/** Letter of what is written under a name. @type {Readonly<Record<string, string>>} */
const LETTERS = { writer: 'W', blocks: 'B', segments: 'S', log: 'L', derived: 'D' };

/**
 * The same storage, which says on descriptor 3 which of its operations begins (a capital letter) and ends (a small one).
 *
 * @param {Storage} storage
 * @returns {Storage}
 */
export function tellingStorage(storage) {
  return {
    createOnce: (name, parts) => telling(name, () => storage.createOnce(name, parts)),
    append: (name, bytes) => telling(name, () => storage.append(name, bytes)),
    keep: (name, parts) => telling(name, () => storage.keep(name, parts)),
    read: (name, offset, length) => storage.read(name, offset, length),
    ...(storage.readSync && { readSync: storage.readSync }),
    size: (name) => storage.size(name),
    list: (prefix) => storage.list(prefix),
    folders: (prefix) => storage.folders(prefix),
    delete: (name) => storage.delete(name),
    sync: (name) => storage.sync(name),
    tidy: () => storage.tidy(),
    close: () => storage.close(),
  };
}

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
async function telling(name, work) {
  const letter = LETTERS[name.slice(0, name.indexOf('/'))] ?? '?';
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
