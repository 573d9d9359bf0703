// @ts-check
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clausesById, readSpecs } from '../spec/clauses.mjs';
import { allVectors, readErrorRegistry, readExceptions, readVectorFiles } from '../spec/documents.mjs';
import { readErrorTables } from '../spec/error-tables.mjs';
import { readTestResults, showingProblems } from '../spec/test-results.mjs';

/**
 * @import { Clause, Spec } from '../spec/clauses.mjs'
 * @import { Exception, RegisteredError } from '../spec/documents.mjs'
 * @import { ErrorTables } from '../spec/error-tables.mjs'
 * @import { TestResults } from '../spec/test-results.mjs'
 */

export const name = 'errors';

const REGISTRY = 'specs/errors.json';
const EXCEPTIONS = 'specs/exceptions.json';

const run = promisify(execFile);

/**
 * Holds the error registry, the packages' tables, the specifications and the vectors to the same codes.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const [specs, registry, tables, exceptions, files] = await Promise.all([
    readSpecs(root),
    readErrorRegistry(root),
    readErrorTables(root),
    readExceptions(root),
    readVectorFiles(root),
  ]);
  if (!registry.value) return registry.problems;
  const rows = registry.value;
  // The vectors check names the file that cannot be read.
  const readable = files.every((file) => file.value) && exceptions.value;
  const expected = new Set(allVectors(files).flatMap(({ vector }) => vector.expect.err?.code ?? []));
  const excepted = (exceptions.value ?? []).filter((exception) => exception.code);
  const results = await readTestResults(
    root,
    excepted.flatMap((exception) => exception.shownBy ?? []),
  );
  return [
    ...tables.problems,
    ...results.problems,
    ...registryProblems(rows, clausesById(specs)),
    ...(await vanishedCodes(root, rows)),
    ...tableProblems(rows, tables),
    ...specProblems(rows, specs),
    ...(readable ? vectorProblems(rows, expected, excepted) : []),
    ...excepted.flatMap((exception) => testProblems(exception, rows, results)),
  ];
}

/**
 * @param {readonly RegisteredError[]} rows
 * @param {ReadonlyMap<string, Clause>} clauses
 */
function registryProblems(rows, clauses) {
  const seen = new Set();
  const problems = [];
  for (const { code, clause } of rows) {
    if (seen.has(code)) problems.push(`${REGISTRY}: ${code} is registered twice`);
    seen.add(code);
    if (!clauses.has(clause)) problems.push(`${REGISTRY}: ${code}: [${clause}] is not a live clause`);
  }
  return problems;
}

/**
 * A code that was once committed stays registered. Nothing is known about that where there is no repository.
 * @param {string} root
 * @param {readonly RegisteredError[]} rows
 */
async function vanishedCodes(root, rows) {
  const committed = await run('git', ['show', `HEAD:./${REGISTRY}`], { cwd: root, maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const codes = [...committed.matchAll(/"code": "([^"]+)"/g)].map(([, code]) => code);
  return codes
    .filter((code) => !rows.some((row) => row.code === code))
    .map((code) => `${REGISTRY}: ${code} is gone: codes are only ever added`);
}

/**
 * @param {readonly RegisteredError[]} rows
 * @param {ErrorTables} tables
 */
function tableProblems(rows, tables) {
  const registered = new Map(rows.map((row) => [row.code, row]));
  const problems = [];
  /** @type {Map<string, string>} */
  const owner = new Map();
  for (const { code, family, clause, at } of tables.rows) {
    const row = registered.get(code);
    const earlier = owner.get(code);
    if (earlier) problems.push(`${at}: ${code} is already in the table at ${earlier}`);
    owner.set(code, at);
    if (row && row.family !== family)
      problems.push(`${at}: ${code} is ${row.family} in ${REGISTRY}, ${family} here`);
    if (row && row.clause !== clause)
      problems.push(`${at}: ${code} is of [${row.clause}] in ${REGISTRY}, [${clause}] here`);
  }
  for (const { code, at } of tables.literals) {
    if (!registered.has(code)) problems.push(`${at}: ${code} is not in ${REGISTRY}`);
  }
  for (const { code } of rows) {
    if (!owner.has(code)) problems.push(`${REGISTRY}: ${code} is in no package's table`);
  }
  return problems;
}

/**
 * @param {readonly RegisteredError[]} rows
 * @param {readonly Spec[]} specs
 */
function specProblems(rows, specs) {
  const registered = new Set(rows.map((row) => row.code));
  const unknown = specs.flatMap((spec) =>
    spec.codes
      .filter((code) => !registered.has(code.name))
      .map((code) => `${spec.path}:${code.line}: ${code.name} is not in ${REGISTRY}`),
  );
  const unnamed = rows.flatMap(({ code, clause }) => {
    const spec = specs.find((candidate) => candidate.clauses.some(({ id }) => id === clause));
    if (!spec || spec.codes.some((mention) => mention.name === code)) return [];
    return [`${spec.path}: ${code} of [${clause}] is not named in the text`];
  });
  return [...unknown, ...unnamed];
}

/**
 * @param {readonly RegisteredError[]} rows
 * @param {ReadonlySet<string>} expected
 * @param {readonly Exception[]} exceptions
 */
function vectorProblems(rows, expected, exceptions) {
  const excepted = exceptions.flatMap((exception) => exception.code ?? []);
  const problems = rows
    .filter(({ code }) => !expected.has(code) && !excepted.includes(code))
    .map(({ code }) => `${REGISTRY}: no reject vector expects ${code}`);
  for (const code of excepted) {
    if (!rows.some((row) => row.code === code)) problems.push(`${EXCEPTIONS}: ${code} is not in ${REGISTRY}`);
    if (expected.has(code)) problems.push(`${EXCEPTIONS}: ${code} has a reject vector: remove the exception`);
  }
  return problems;
}

/**
 * @param {Exception} exception
 * @param {readonly RegisteredError[]} rows
 * @param {TestResults} results
 */
function testProblems({ code, shownBy }, rows, results) {
  const row = rows.find((candidate) => candidate.code === code);
  if (!row || !shownBy) return [];
  return showingProblems(shownBy, row.clause, results).map((problem) => `${EXCEPTIONS}: ${code}: ${problem}`);
}
