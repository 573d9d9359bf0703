// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { coverageOf } from '../spec/cover.mjs';
import { readVectorFiles } from '../spec/documents.mjs';
import { readText } from '../spec/files.mjs';

export const name = 'coverage';

const PATH = 'conformance/coverage.json';

/**
 * Names what no vector shows, and holds the written coverage to the vectors, so that each change of it is seen.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  // The vectors check names the file that cannot be read.
  if ((await readVectorFiles(root)).some((file) => !file.value)) return [];
  const { uncovered, ...shown } = await coverageOf(root);
  const isStale = !isDeepStrictEqual(parse(await readText(root, PATH)), shown);
  return [...uncovered, ...(isStale ? [`${PATH}: stale, run pnpm fix`] : [])];
}

/** @param {string} root */
export async function fix(root) {
  const { documents, inert } = await coverageOf(root);
  await writeFile(join(root, PATH), `${JSON.stringify({ documents, inert }, null, 2)}\n`);
}

/** @param {string | undefined} source */
function parse(source) {
  try {
    return JSON.parse(source ?? '');
  } catch {
    return undefined;
  }
}
