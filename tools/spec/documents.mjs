// @ts-check
import {
  errorFile,
  exceptionFile,
  limitFile,
  misreadingFile,
  mutantFile,
  vectorFile,
} from '../../conformance/schema/documents.mjs';
import { readDocument } from '../../conformance/schema/read-document.mjs';
import { listDirectories, listFiles, readText } from './files.mjs';

/**
 * @import { Derivation } from '../../conformance/dist/derivation/index.js'
 * @import { NamedTest } from './test-results.mjs'
 */
/**
 * @template T
 * @typedef {import('../../conformance/schema/read-document.mjs').Document<T>} Document
 */
/** @typedef {import('../../conformance/schema/read-document.mjs').Schema} Schema */
/**
 * @typedef {{
 *   id: string, level: 'MUST' | 'SHOULD' | 'MAY', clauses: string[], kind: 'output' | 'accept' | 'roundtrip' | 'reject',
 *   in: Record<string, unknown>, from?: Derivation, expect: { ok?: Record<string, unknown>, err?: { code: string } },
 *   flags?: string[], kills: string[],
 * }} Vector
 * @typedef {{ id: string, op: string, vectors: Vector[] }} Group
 * @typedef {{ format: string, spec: string, groups: Group[] }} VectorFile
 * @typedef {{
 *   id: string, clause: string, file: string, find: string, replace: string, why: string,
 *   killedBy: { package: string, test: string }[],
 * }} Mutant
 * @typedef {{ id: string, clause: string, why: string }} Misreading
 * @typedef {{ code: string, family: string, clause: string, since: string, text: string }} RegisteredError
 * @typedef {{
 *   clause?: string, polarity?: 'negative' | 'positive' | 'both', code?: string, format?: string, field?: string,
 *   value?: string, reason: string, shownBy?: NamedTest,
 * }} Exception
 * @typedef {{ spec: string, what: string, at?: string[], beyond?: string[], reason?: string }} Limit
 */

export const VECTORS = 'conformance/vectors';

/**
 * Every vector file: those in the folders below conformance/vectors.
 * @param {string} root
 * @returns {Promise<Document<VectorFile>[]>}
 */
export const readVectorFiles = async (root) => {
  const folders = await listDirectories(root, VECTORS);
  return (await Promise.all(folders.map((folder) => readAll(root, folder, vectorFile)))).flat();
};

/**
 * @param {string} root
 * @returns {Promise<Document<Mutant[]>[]>}
 */
export const readMutantFiles = (root) => readAll(root, 'conformance/mutants', mutantFile);

/**
 * @param {string} root
 * @returns {Promise<Document<Misreading[]>[]>}
 */
export const readMisreadingFiles = (root) => readAll(root, 'conformance/misreadings', misreadingFile);

/**
 * @param {string} root
 * @returns {Promise<Document<RegisteredError[]>>}
 */
export const readErrorRegistry = (root) => readListOrEmpty(root, 'specs/errors.json', errorFile);

/**
 * @param {string} root
 * @returns {Promise<Document<Exception[]>>}
 */
export const readExceptions = (root) => readListOrEmpty(root, 'specs/exceptions.json', exceptionFile);

/**
 * @param {string} root
 * @returns {Promise<Document<Limit[]>>}
 */
export const readLimits = (root) => readListOrEmpty(root, 'conformance/limits.json', limitFile);

/**
 * Every vector of the files that could be read, with the file and group it stands in.
 * @param {readonly Document<VectorFile>[]} files
 */
export const allVectors = (files) =>
  files.flatMap((file) =>
    (file.value?.groups ?? []).flatMap((group) =>
      group.vectors.map((vector) => ({ path: file.path, group, vector })),
    ),
  );

/**
 * @param {string} root
 * @param {string} dir
 * @param {Schema} schema
 */
async function readAll(root, dir, schema) {
  const paths = await listFiles(root, dir, ['.json']);
  return Promise.all(
    paths.map(async (path) => readDocument(path, (await readText(root, path)) ?? '', schema)),
  );
}

/**
 * @param {string} root
 * @param {string} path
 * @param {Schema} schema
 */
async function readListOrEmpty(root, path, schema) {
  return readDocument(path, (await readText(root, path)) ?? '[]', schema);
}
