// @ts-check
// A writer in a process of its own: puts the files of a folder, says on standard output what was acknowledged, and on
// descriptor 3 which operation of the storage begins (a capital letter) and ends (a small one).
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';

/** @import { Storage } from '@amduat/asl-store' */

const OPERATIONS = 3;
const LIMITS = {
  blockLength: 2 ** 16,
  smallLength: 2 ** 13,
  segmentRecordCount: 16,
  segmentByteCount: 2 ** 18,
};

/** Letter of what is written under a name. @type {Record<string, string>} */
const LETTERS = { writer: 'W', blocks: 'B', segments: 'S', log: 'L', derived: 'D' };

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
 * The same storage, which tells what it writes.
 *
 * @param {Storage} storage
 * @returns {Storage}
 */
function tellingStorage(storage) {
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

/** @param {unknown} value */
function say(value) {
  writeSync(1, `${JSON.stringify(value)}\n`);
}

const [folder = '', files = '', first = '0'] = process.argv.slice(2);
const store = await openStore(tellingStorage(fileSystemStorage(folder)));
const writer = await store.openWriter({ limits: LIMITS });
say({ epoch: writer.epoch.toString(), leftBehind: writer.leftBehind ?? null });
for (const [index, file] of readdirSync(files).sort().entries()) {
  if (index < Number(first)) continue;
  const options = index % 7 === 0 ? { publish: true } : {};
  const { reference, sealed } = await writer.put({ path: join(files, file) }, options);
  sealed.then(
    (logseq) => say({ file: index, ref: formatReference(reference), logseq: logseq.toString() }),
    (error) => say({ failed: String(error) }),
  );
}
await writer.close();
