// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} FoundFile
 * @property {string} path below the folder walked, with forward slashes
 * @property {number} length octets
 */

/**
 * Every regular file below a folder, each folder in byte order of its names; symbolic links are not followed.
 *
 * @param {string} folder
 * @param {string} [below]
 * @returns {Generator<FoundFile>}
 */
export function* walk(folder, below = '') {
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  entries.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, path);
    else if (entry.isFile()) yield { path, length: statSync(join(folder, path)).size };
  }
}
