// @ts-check
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit, listFiles, readText } from './files.mjs';

/**
 * @typedef {{ fullName: string, status: string }} TestResult
 * @typedef {{ package: string, test: string }} NamedTest test is a full name, or the beginning of some and `*`
 * @typedef {{ of: Map<string, TestResult[]>, problems: string[] }} TestResults of has no entry for a package whose
 *   report is no evidence
 */

const SOURCES = ['.ts', '.tsx', '.mjs', '.js', '.py'];

/**
 * Reads what Vitest reported for each package of the named tests; a report that is missing, broken or older than the
 * sources of its package is a problem, never an empty run.
 * @param {string} root
 * @param {readonly NamedTest[]} named
 * @returns {Promise<TestResults>}
 */
export async function readTestResults(root, named) {
  /** @type {TestResults} */
  const results = { of: new Map(), problems: [] };
  for (const dir of [...new Set(named.map((test) => test.package))].sort(byCodeUnit)) {
    const path = `${dir}/.reports/vitest.json`;
    const report = readReport(await readText(root, path));
    if (!report) results.problems.push(`${path}: no report of a test run: run the tests first`);
    else if (await isStale(root, dir, path))
      results.problems.push(`${path}: report is older than its sources: run npm test`);
    else results.of.set(dir, report);
  }
  return results;
}

/**
 * The results that a name stands for, and what keeps them from showing anything.
 * @param {NamedTest} named
 * @param {TestResults} results
 * @returns {{ matches: TestResult[], problems: string[] }} neither, when the package has no results
 */
export function resultsOf(named, results) {
  const ran = results.of.get(named.package);
  if (!ran) return { matches: [], problems: [] };
  const matches = named.test.endsWith('*')
    ? ran.filter((result) => result.fullName.startsWith(named.test.slice(0, -1)))
    : ran.filter((result) => result.fullName === named.test);
  if (matches.length === 0) return { matches, problems: [`"${named.test}" did not run in ${named.package}`] };
  const problems = matches
    .filter((result) => result.status !== 'passed')
    .map((result) => `"${result.fullName}" ${result.status} in ${named.package}`);
  return { matches, problems };
}

/**
 * What keeps the named test from showing a clause: it has to have passed, and to name the clause.
 * @param {NamedTest} named
 * @param {string} clause
 * @param {TestResults} results
 */
export function showingProblems(named, clause, results) {
  const { matches, problems } = resultsOf(named, results);
  const silent = matches.filter(({ fullName }) => !fullName.includes(`[${clause}]`));
  return [...problems, ...silent.map(({ fullName }) => `"${fullName}" does not name [${clause}]`)];
}

/**
 * @param {string | undefined} source
 * @returns {TestResult[] | undefined}
 */
function readReport(source) {
  try {
    /** @type {{ testResults: { assertionResults: TestResult[] }[] }} */
    const report = JSON.parse(source ?? '');
    return report.testResults.flatMap((file) =>
      file.assertionResults.map(({ fullName, status }) => ({ fullName: fullName.trim(), status })),
    );
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {string} dir
 * @param {string} report
 */
async function isStale(root, dir, report) {
  const sources = await listFiles(root, dir, SOURCES);
  const written = await modified(root, report);
  const times = await Promise.all(sources.map((path) => modified(root, path)));
  return times.some((time) => time > written);
}

/**
 * @param {string} root
 * @param {string} path
 */
const modified = async (root, path) => (await stat(join(root, path))).mtimeMs;
