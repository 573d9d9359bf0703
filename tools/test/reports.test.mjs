// @ts-check
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeReports, sumReports } from '../reports.mjs';

/** @type {string} */
let root;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amduat-reports-'));
});

afterEach(() => rm(root, { recursive: true }));

/**
 * @param {string} folder
 * @param {string} text
 */
async function writeReport(folder, text) {
  await mkdir(join(root, folder, '.reports'), { recursive: true });
  await writeFile(join(root, folder, '.reports', 'vitest.json'), text);
}

/**
 * @param {string} status
 * @param {string} message
 * @param {[fullName: string, status: string][]} tests
 */
function file(status, message, tests) {
  const assertionResults = tests.map(([fullName, state]) => ({ fullName, status: state }));
  return { name: '/somewhere/a.test.ts', status, message, assertionResults };
}

describe('sumReports', () => {
  it('adds up what passed and names what failed and what did not run', async () => {
    const first = file('failed', '', [
      ['a one', 'passed'],
      ['a two', 'failed'],
      ['a three', 'skipped'],
      ['a four', 'todo'],
      ['a five', 'pending'],
    ]);
    await writeReport('first', JSON.stringify({ testResults: [first] }));
    await writeReport('second', JSON.stringify({ testResults: [file('passed', '', [['b', 'passed']])] }));
    expect(sumReports(root, ['first', 'second'])).toEqual({
      passed: 2,
      failed: 1,
      failures: ['first: a two'],
      skips: ['first: a three', 'first: a four', 'first: a five'],
    });
  });

  it('counts a file that does not load as a failure, though it has no test', async () => {
    await writeReport('one', JSON.stringify({ testResults: [file('failed', 'no such module', [])] }));
    expect(sumReports(root, ['one'])).toEqual({
      passed: 0,
      failed: 1,
      failures: ['one: a.test.ts: no such module'],
      skips: [],
    });
  });

  it.each([
    ['missing', undefined, 'one: the test run left no report'],
    ['cut short', '{"testResults":[', 'one: the test run left no report'],
    ['empty', '{"testResults":[]}', 'one: no test ran'],
  ])('counts a report that is %s as a failure', async (_, text, failure) => {
    if (text !== undefined) await writeReport('one', text);
    expect(sumReports(root, ['one'])).toEqual({ passed: 0, failed: 1, failures: [failure], skips: [] });
  });
});

describe('removeReports', () => {
  it('leaves no report of an earlier run to be counted', async () => {
    await writeReport('one', JSON.stringify({ testResults: [file('passed', '', [['b', 'passed']])] }));
    removeReports(root, ['one', 'two']);
    expect(sumReports(root, ['one']).failed).toBe(1);
  });
});
