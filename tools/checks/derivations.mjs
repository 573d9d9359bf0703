// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../conformance/schema/strict-json.mjs';
import { derivationProblems, withDerivations } from '../spec/derivations.mjs';
import { readErrorRegistry, readVectorFiles } from '../spec/documents.mjs';

export const name = 'derivations';

/**
 * Holds the inputs that are refused to the ones they are made from.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const [files, registry] = await Promise.all([readVectorFiles(root), readErrorRegistry(root)]);
  // The vectors check names the file that cannot be read.
  if (files.some((file) => !file.value)) return [];
  const families = new Map((registry.value ?? []).map(({ code, family }) => [code, family]));
  return derivationProblems(files, families);
}

/**
 * Writes the derivations that can be found, and the flags that follow from them.
 * @param {string} root
 */
export async function fix(root) {
  const files = await readVectorFiles(root);
  for (const [path, value] of withDerivations(files)) {
    const text = canonicalJson(value);
    if (text !== files.find((file) => file.path === path)?.source) await writeFile(join(root, path), text);
  }
}
