import { expect, it } from 'vitest';
import * as coverage from '../checks/coverage.mjs';
import { coverageOf, coverageTable } from '../spec/cover.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(coverage);

it('coverage fix writes what the check asks for, and covers nothing', async () => {
  await withFixture('coverage', 'field-without-vector', async (root) => {
    await coverage.fix(root);
    expect(await coverage.check(root)).toEqual(['ASL/DOMAIN/1: no refused input edits genesis nonce']);
  });
});

it('the table counts what is shown out of what there is', async () => {
  await withFixture('coverage', 'field-without-vector', async (root) => {
    const [, row] = coverageTable(await coverageOf(root)).split('\n');
    expect(row?.split(/ +/)).toEqual([
      'ASL/DOMAIN/1',
      '10',
      '6',
      '6',
      '3',
      '2',
      '1',
      '1',
      '0',
      '1',
      '4/4',
      '6/7',
      '3/3',
      '1',
    ]);
  });
});

it('a vector that kills nothing is listed as inert', async () => {
  await withFixture('coverage', 'base', async (root) => {
    expect((await coverageOf(root)).inert).toEqual(['doc.read.may']);
  });
});
