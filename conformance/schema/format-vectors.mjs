// @ts-check
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vectorFile } from './documents.mjs';
import { readDocument } from './read-document.mjs';
import { canonicalJson } from './strict-json.mjs';

/**
 * Writes every vector file of a folder, `<folder>/<document>/<topic>.json`, in the canonical form. A file that its schema
 * does not accept is left alone.
 * @param {string} folder
 * @param {{ check: boolean }} how with check, nothing is written
 * @returns {Promise<string[]>} what is wrong with files, and, with check, which would be written
 */
export async function formatVectors(folder, { check }) {
  const problems = [];
  for (const path of await vectorPaths(folder)) {
    const {
      source,
      value,
      problems: found,
    } = readDocument(path, await readFile(join(folder, path), 'utf8'), vectorFile);
    problems.push(...found);
    const text = value === undefined ? source : canonicalJson(value);
    if (text === source) continue;
    if (check) problems.push(`${path}: not in canonical form`);
    else await writeFile(join(folder, path), text);
  }
  return problems;
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} paths relative to it, in code unit order
 */
async function vectorPaths(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => (await readdir(join(folder, name))).map((file) => `${name}/${file}`));
  return (await Promise.all(nested))
    .flat()
    .filter((path) => path.endsWith('.json'))
    .sort();
}
