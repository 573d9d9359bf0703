// @ts-check
import { z } from 'zod';
import { readDocument } from '../../conformance/schema/read-document.mjs';
import { namedTest } from '../../conformance/schema/values.mjs';
import { readText } from '../spec/files.mjs';
import { readTestResults, resultsOf } from '../spec/test-results.mjs';

/**
 * @import { NamedTest, TestResults } from '../spec/test-results.mjs'
 * @typedef {{ id: string, text: string, bar: string, release: '0.1' | 'later', open?: true, tests: NamedTest[] }} Row
 */

export const name = 'rows';

const PATH = 'specs/rows.json';

const rowFile = z.array(
  z.strictObject({
    id: z.string().regex(/^[0-9]{3}\.[0-9]{2}$/, 'expected an ID such as 000.01'),
    text: z.string().min(1),
    bar: z.string().min(1),
    release: z.enum(['0.1', 'later']),
    open: z.literal(true).optional(),
    tests: z.array(namedTest),
  }),
);

/**
 * Holds every row of the feature list to the tests that show it, as they ran last.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const source = await readText(root, PATH);
  if (source === undefined) return [`${PATH}: missing`];
  const document = readDocument(PATH, source, rowFile);
  if (!document.value) return document.problems;
  /** @type {Row[]} */
  const rows = document.value;
  const results = await readTestResults(
    root,
    rows.flatMap((row) => row.tests),
  );
  return [
    ...numberingProblems(rows),
    ...results.problems,
    ...rows.flatMap((row) => rowProblems(row, results)),
  ];
}

/**
 * Rows are permanent: each part is numbered from 01 without a gap, so that none can be dropped unseen.
 * @param {readonly Row[]} rows
 */
function numberingProblems(rows) {
  const problems = [];
  let last = { part: '', number: 0 };
  for (const { id } of rows) {
    const [part = '', number = ''] = id.split('.');
    if (part < last.part) problems.push(`${PATH}: ${id} stands after part ${last.part}`);
    const expected = part === last.part ? last.number + 1 : 1;
    if (Number(number) !== expected)
      problems.push(`${PATH}: ${id}: expected number ${expected} of part ${part}`);
    last = { part, number: Number(number) };
  }
  return problems;
}

/**
 * @param {Row} row
 * @param {TestResults} results
 */
function rowProblems(row, results) {
  const problems = [];
  if (row.release === '0.1' && row.tests.length === 0 && !row.open)
    problems.push('names no test and is not open');
  if (row.release === 'later' && row.open)
    problems.push('is of a later release: only rows of 0.1 can be open');
  for (const named of row.tests) problems.push(...resultsOf(named, results).problems);
  return problems.map((problem) => `${PATH}: ${row.id}: ${problem}`);
}
