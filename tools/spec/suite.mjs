// @ts-check
import { createHash } from 'node:crypto';
import { VECTORS } from './documents.mjs';
import { readText } from './files.mjs';

/**
 * @import { Spec } from './clauses.mjs'
 * @import { Document, Vector, VectorFile } from './documents.mjs'
 * @typedef {{ vectors: number, MUST: number, SHOULD: number, MAY: number }} Counts
 * @typedef {{
 *   format: 'asl-suite/1', version: string, protocol: 1, specs: { spec: string, clauses: string }[],
 *   files: Record<string, { sha256: string } & Counts>, totals: { files: number } & Counts,
 * }} Manifest
 */

const PACKAGE = 'conformance/package.json';
const PROTOCOL = 1;

/**
 * What the suite is made of: the sentences that it is about and the bytes of every vector file.
 * @param {string} root
 * @param {readonly Spec[]} specs
 * @param {readonly Document<VectorFile>[]} files
 * @returns {Promise<Manifest>}
 */
export async function manifestOf(root, specs, files) {
  const { version } = JSON.parse((await readText(root, PACKAGE)) ?? '{}');
  const members = files.map(({ path, source, value }) => {
    const vectors = (value?.groups ?? []).flatMap((group) => group.vectors);
    return [path.slice(VECTORS.length + 1), { sha256: sha256(source), ...countsOf(vectors) }];
  });
  const all = files.flatMap(({ value }) => (value?.groups ?? []).flatMap((group) => group.vectors));
  return {
    format: 'asl-suite/1',
    version,
    protocol: PROTOCOL,
    specs: specs.map((spec) => ({ spec: spec.name, clauses: sha256(sentencesOf(spec)) })),
    files: Object.fromEntries(members),
    totals: { files: files.length, ...countsOf(all) },
  };
}

/**
 * The clauses of a specification, one line each: its ID and the hash of its sentence.
 * @param {Spec} spec
 */
const sentencesOf = ({ clauses }) => clauses.map(({ id, sha256: hash }) => `${id} ${hash}\n`).join('');

/**
 * @param {readonly Vector[]} vectors
 * @returns {Counts}
 */
export function countsOf(vectors) {
  const count = (/** @type {string} */ level) => vectors.filter((vector) => vector.level === level).length;
  return { vectors: vectors.length, MUST: count('MUST'), SHOULD: count('SHOULD'), MAY: count('MAY') };
}

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
