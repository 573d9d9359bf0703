// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suiteManifest } from '../../conformance/schema/documents.mjs';
import { readDocument } from '../../conformance/schema/read-document.mjs';
import { canonicalJson } from '../../conformance/schema/strict-json.mjs';
import { readSpecs } from '../spec/clauses.mjs';
import { readVectorFiles, VECTORS } from '../spec/documents.mjs';
import { readText } from '../spec/files.mjs';
import { manifestOf } from '../spec/suite.mjs';

export const name = 'suite';

const PATH = `${VECTORS}/manifest.json`;

/**
 * Holds the manifest of the suite to its files and to the sentences of the specifications.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const source = await readText(root, PATH);
  if (source === undefined) return [`${PATH}: missing, run pnpm fix`];
  const { problems } = readDocument(PATH, source, suiteManifest);
  return source === (await render(root)) || problems.length > 0 ? problems : [`${PATH}: stale, run pnpm fix`];
}

/** @param {string} root */
export async function fix(root) {
  await writeFile(join(root, PATH), await render(root));
}

/** @param {string} root */
async function render(root) {
  const [specs, files] = await Promise.all([readSpecs(root), readVectorFiles(root)]);
  return canonicalJson(await manifestOf(root, specs, files));
}
