// @ts-check
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  equalReferences,
  formatReference,
  isAslError,
  parseReference,
  verifyArtifact,
} from '@amduat/asl-core';
import { nameFile } from './name-file.mjs';
import { nodeSha256Hasher } from './node-hasher.mjs';
import { startProgress } from './progress.mjs';
import { walk } from './walk.mjs';

/** @typedef {import('./walk.mjs').FoundFile} FoundFile */

/**
 * @typedef {object} Entry
 * @property {import('@amduat/asl-core').Reference} reference
 * @property {string} path
 */

const INSTALLED = fileURLToPath(new URL('../../node_modules', import.meta.url));
const LARGEST_COPY = 2 ** 20;

/**
 * Names every file: one line each, the reference and the path in JSON quotes.
 *
 * @param {string} folder
 * @param {readonly FoundFile[]} files
 * @param {import('./progress.mjs').Progress} progress
 */
function formatManifest(folder, files, progress) {
  const lines = files.map(({ path, length }) => {
    const line = `${formatReference(nameFile(join(folder, path)))} ${JSON.stringify(path)}\n`;
    progress.step(length);
    return line;
  });
  progress.finish();
  return lines.join('');
}

/**
 * @param {string} manifest
 * @returns {Entry[]}
 */
function parseManifest(manifest) {
  return manifest
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const space = line.indexOf(' ');
      return { reference: parseReference(line.slice(0, space)), path: JSON.parse(line.slice(space + 1)) };
    });
}

/**
 * Reads every file the manifest names again; throws at the first that is not what its reference says.
 *
 * @param {string} folder
 * @param {readonly Entry[]} entries
 * @param {import('./progress.mjs').Progress} progress
 */
function verifyAll(folder, entries, progress) {
  for (const { reference, path } of entries) {
    const now = nameFile(join(folder, path));
    if (!equalReferences(now, reference)) {
      throw new Error(`${path} is ${formatReference(now)}, not ${formatReference(reference)}`);
    }
    progress.step(statSync(join(folder, path)).size);
  }
  progress.finish();
}

/**
 * Flips one bit of a copy of one file and shows what the check says to it.
 *
 * @param {string} folder
 * @param {Entry} entry
 * @param {string} scratch
 */
function showMismatch(folder, { path, reference }, scratch) {
  const copy = join(scratch, 'copy');
  const damaged = readFileSync(join(folder, path));
  damaged[0] = /** @type {number} */ (damaged[0]) ^ 1;
  writeFileSync(copy, damaged);
  try {
    verifyArtifact({ bytes: readFileSync(copy) }, reference, [nodeSha256Hasher]);
  } catch (error) {
    if (!isAslError(error, 'CORE.DIGEST')) throw error;
    console.log(`\nOne bit flipped in a copy of ${JSON.stringify(path)}:\n  ${error.message}\n`);
    return;
  }
  throw new Error('a flipped bit was not noticed');
}

/**
 * @param {string} folder
 * @param {string} scratch
 */
function nameAndCheck(folder, scratch) {
  const files = [...walk(folder)];
  const total = { files: files.length, bytes: files.reduce((sum, { length }) => sum + length, 0) };
  const manifest = join(scratch, 'manifest');
  writeFileSync(manifest, formatManifest(folder, files, startProgress('Named', total, process.stdout)));
  const entries = parseManifest(readFileSync(manifest, 'utf8'));
  verifyAll(folder, entries, startProgress('Checked', total, process.stdout));
  const small = files.findIndex(({ length }) => length > 0 && length <= LARGEST_COPY);
  const entry = entries[small];
  if (entry !== undefined) showMismatch(folder, entry, scratch);
}

/** @param {string} folder */
function main(folder) {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`${folder} is not a folder.\nUsage: npm start -- [DIR]`);
  }
  const scratch = mkdtempSync(join(tmpdir(), 'amduat-'));
  try {
    nameAndCheck(folder, scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  console.log('Next:');
  console.log('  npm start -- DIR    the same for a folder of your own');
  console.log('  npm test            every test of every package');
}

try {
  main(resolve(process.argv[2] ?? INSTALLED));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
