// @ts-check
import {
  errorFile,
  exceptionFile,
  misreadingFile,
  mutantFile,
  vectorFile,
} from '../../conformance/schema/documents.mjs';
import { listFiles, readText } from './files.mjs';
import { readStrictJson } from './strict-json.mjs';

/**
 * @import { NamedTest } from './test-results.mjs'
 */
/**
 * @template T
 * @typedef {{ path: string, source: string, value: T | undefined, problems: string[] }} Document value is undefined
 *   if there are problems
 */
/** @typedef {{ safeParse: (value: unknown) => { success: boolean, data?: any, error?: any } }} Schema */
/**
 * @typedef {{
 *   id: string, level: 'MUST' | 'SHOULD' | 'MAY', clauses: string[], kind: 'output' | 'accept' | 'roundtrip' | 'reject',
 *   expect: { ok?: object, err?: { code: string } }, kills: string[],
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
 *   clause?: string, polarity?: 'negative' | 'positive' | 'both', code?: string, reason: string, shownBy?: NamedTest,
 * }} Exception
 */

/**
 * @param {string} root
 * @returns {Promise<Document<VectorFile>[]>}
 */
export const readVectorFiles = (root) => readAll(root, 'conformance/vectors', vectorFile);

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

/**
 * @param {string} path
 * @param {string} source
 * @param {Schema} schema
 * @returns {Document<any>}
 */
export function readDocument(path, source, schema) {
  const json = readStrictJson(source);
  if (json.problems.length > 0) return failed(path, source, json.problems);
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) return failed(path, source, parsed.error.issues.flatMap(describeIssue));
  return { path, source, value: parsed.data, problems: [] };
}

/**
 * @param {string} path
 * @param {string} source
 * @param {readonly string[]} problems
 */
const failed = (path, source, problems) => ({
  path,
  source,
  value: undefined,
  problems: problems.map((problem) => `${path}: ${problem}`),
});

/** @param {{ path: PropertyKey[], message: string }} issue */
const describeIssue = (issue) =>
  issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
