// @ts-check
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * @typedef {object} Totals
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} failures one line for each failure
 * @property {string[]} skips one line for each test that did not run
 */

/**
 * The part of a Vitest JSON report that is read here.
 *
 * @typedef {{ testResults: { name: string, status: string, message: string,
 *   assertionResults: { fullName: string, status: string }[] }[] }} Report
 */

const REPORT = '.reports/vitest.json';

/**
 * @param {string} root
 * @param {readonly string[]} folders
 */
export function removeReports(root, folders) {
  for (const folder of folders) rmSync(join(root, folder, REPORT), { force: true });
}

/**
 * Adds up the reports of the packages; one that is missing or unreadable is a failure.
 *
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {Totals}
 */
export function sumReports(root, folders) {
  /** @type {Totals} */
  const totals = { passed: 0, failed: 0, failures: [], skips: [] };
  for (const folder of folders) addReport(totals, folder, readReport(join(root, folder, REPORT)));
  return totals;
}

/**
 * @param {string} path
 * @returns {Report | undefined}
 */
function readReport(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {Totals} totals
 * @param {string} folder
 * @param {Report | undefined} report
 */
function addReport(totals, folder, report) {
  if (report === undefined) return addFailure(totals, `${folder}: the test run left no report`);
  if (report.testResults.length === 0) return addFailure(totals, `${folder}: no test ran`);
  for (const file of report.testResults) addFile(totals, folder, file);
}

/**
 * @param {Totals} totals
 * @param {string} folder
 * @param {Report['testResults'][number]} file
 */
function addFile(totals, folder, file) {
  const failedBefore = totals.failed;
  for (const { fullName, status } of file.assertionResults) {
    if (status === 'passed') totals.passed += 1;
    else if (status === 'failed') addFailure(totals, `${folder}: ${fullName}`);
    else totals.skips.push(`${folder}: ${fullName}`);
  }
  // A file that breaks while it loads, or in a hook, has no failed test of its own.
  if (file.status === 'failed' && totals.failed === failedBefore) {
    addFailure(totals, `${folder}: ${basename(file.name)}: ${file.message}`);
  }
}

/**
 * @param {Totals} totals
 * @param {string} line
 */
function addFailure(totals, line) {
  totals.failed += 1;
  totals.failures.push(line);
}
