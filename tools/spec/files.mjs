// @ts-check
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const NEVER_SOURCE = new Set(['node_modules', 'dist', 'coverage']);

/**
 * Orders strings by code unit, whatever the locale.
 * @param {string} a
 * @param {string} b
 */
export const byCodeUnit = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Lists the directories below `root/dir`, one level, in code unit order.
 * @param {string} root
 * @param {string} dir
 * @returns {Promise<string[]>} paths relative to root, with `/`
 */
export async function listDirectories(root, dir) {
  const entries = await readdir(join(root, dir), { withFileTypes: true }).catch(onMissing);
  return entries
    .filter((entry) => entry.isDirectory() && isSource(entry.name))
    .map((entry) => `${dir}/${entry.name}`)
    .sort(byCodeUnit);
}

/**
 * Lists the files below `root/dir` whose name ends with one of `suffixes`, in code unit order.
 * @param {string} root
 * @param {string} dir
 * @param {readonly string[]} suffixes
 * @returns {Promise<string[]>} paths relative to root, with `/`
 */
export async function listFiles(root, dir, suffixes) {
  const entries = await readdir(join(root, dir), { withFileTypes: true }).catch(onMissing);
  const nested = entries.map(async (entry) => {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) return isSource(entry.name) ? listFiles(root, path, suffixes) : [];
    return suffixes.some((suffix) => path.endsWith(suffix)) ? [path] : [];
  });
  return (await Promise.all(nested)).flat().sort(byCodeUnit);
}

/**
 * Reads a text file, or nothing if there is none.
 * @param {string} root
 * @param {string} path
 * @returns {Promise<string | undefined>}
 */
export function readText(root, path) {
  return readFile(join(root, path), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** @param {string} name */
const isSource = (name) => !name.startsWith('.') && !NEVER_SOURCE.has(name);

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {import('node:fs').Dirent[]}
 */
function onMissing(error) {
  if (error.code === 'ENOENT') return [];
  throw error;
}
