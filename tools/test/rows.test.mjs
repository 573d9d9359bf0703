import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import * as rows from '../checks/rows.mjs';
import { describeFixtures, placeReport, withFixture } from './fixtures.mjs';

describeFixtures(rows, placeReport);

it('rows check misses the list when it is not there', async () => {
  const root = await mkdtemp(join(tmpdir(), 'amduat-rows-'));
  expect(await rows.check(root)).toEqual(['specs/rows.json: missing']);
  await rm(root, { recursive: true });
});

/**
 * @param {string} name a file of the package
 * @param {string} date when it was changed; the report is of 2100
 */
async function problemsAfter(name, date) {
  return withFixture('rows', 'base', async (root) => {
    await placeReport(root);
    const path = join(root, 'packages/doc', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'changed');
    await utimes(path, new Date(date), new Date(date));
    return rows.check(root);
  });
}

it.each(['src/reader.ts', 'test/deep/reader.test.mjs'])(
  'rows check takes no report for evidence that is older than %s',
  async (name) => {
    expect(await problemsAfter(name, '2100-01-02')).toEqual([
      'packages/doc/.reports/vitest.json: report is older than its sources: run npm test',
    ]);
  },
);

it.each([
  ['a source as old as the report', 'src/reader.ts', '2100-01-01'],
  ['a later output', 'dist/reader.js', '2100-01-02'],
])('rows check takes a report beside %s', async (_, name, date) => {
  expect(await problemsAfter(name, date)).toEqual([]);
});
