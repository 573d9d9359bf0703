// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acknowledgedFile } from '../../conformance/schema/documents.mjs';
import { readDocument } from '../../conformance/schema/read-document.mjs';
import { clausesById, readSpecs } from './clauses.mjs';
import { allVectors, readVectorFiles } from './documents.mjs';
import { byCodeUnit, readText } from './files.mjs';

/**
 * @typedef {Record<string, string>} Acknowledged clause → the hash of its sentence when its vectors were last read
 */

export const ACKNOWLEDGED = 'conformance/acknowledged.json';

/**
 * The clauses that vectors cite, and what was acknowledged of them.
 * @param {string} root
 */
export async function readAcknowledged(root) {
  const [specs, files, source] = await Promise.all([
    readSpecs(root),
    readVectorFiles(root),
    readText(root, ACKNOWLEDGED),
  ]);
  const clauses = clausesById(specs);
  /** @type {Map<string, string[]>} */
  const citing = new Map();
  for (const { vector } of allVectors(files)) {
    for (const id of vector.clauses) {
      if (clauses.has(id)) citing.set(id, [...(citing.get(id) ?? []), vector.id]);
    }
  }
  const { value, problems } = readDocument(ACKNOWLEDGED, source ?? '{}', acknowledgedFile);
  return { clauses, citing, given: /** @type {Acknowledged | undefined} */ (value), problems };
}

/**
 * @param {string} root
 * @param {Acknowledged} acknowledged
 */
export async function writeAcknowledged(root, acknowledged) {
  const sorted = Object.entries(acknowledged).sort(([a], [b]) => byCodeUnit(a, b));
  await writeFile(join(root, ACKNOWLEDGED), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/**
 * Notes that the vectors of clauses were read beside their sentences as they stand.
 * @param {string} root
 * @param {readonly string[]} ids
 * @throws {Error} for an ID that no vector cites
 */
export async function acknowledge(root, ids) {
  const { clauses, citing, given, problems } = await readAcknowledged(root);
  if (!given) throw new Error(problems.join('\n'));
  for (const id of ids) {
    if (!citing.has(id)) throw new Error(`no vector cites [${id}]`);
    given[id] = clauses.get(id)?.sha256 ?? '';
  }
  await writeAcknowledged(root, given);
}
