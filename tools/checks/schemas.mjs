// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedSchemas } from '../../conformance/schema/documents.mjs';
import { readText } from '../spec/files.mjs';

export const name = 'schemas';

/**
 * Holds the JSON Schema files to the schemas that the checks themselves use.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const stale = await staleSchemas(root);
  return stale.map(({ path }) => `${path}: stale, run pnpm fix`);
}

/** @param {string} root */
export async function fix(root) {
  for (const { path, schema } of await staleSchemas(root)) {
    await writeFile(join(root, path), `${JSON.stringify(schema, null, 2)}\n`);
  }
}

/**
 * Compares values, not text: the formatter may break lines as it likes.
 * @param {string} root
 */
async function staleSchemas(root) {
  const stale = [];
  for (const { path, schema } of publishedSchemas()) {
    const written = (await readText(root, path)) ?? '';
    if (compact(written) !== JSON.stringify(schema)) stale.push({ path, schema });
  }
  return stale;
}

/** @param {string} source */
function compact(source) {
  try {
    return JSON.stringify(JSON.parse(source));
  } catch {
    return undefined;
  }
}
