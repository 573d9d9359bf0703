import { expect, it } from 'vitest';
import * as acknowledged from '../checks/acknowledged.mjs';
import { acknowledge } from '../spec/acknowledged.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(acknowledged);

it('acknowledged fix leaves an edited sentence stale, and acknowledge does not', async () => {
  await withFixture('acknowledged', 'sentence-edited', async (root) => {
    const stale = await acknowledged.check(root);
    await acknowledged.fix(root);
    expect(await acknowledged.check(root)).toEqual(stale);
    await acknowledge(root, ['DOC-READ-1']);
    expect(await acknowledged.check(root)).toEqual([]);
  });
});

it.each(['not-listed', 'cited-by-nothing'])('acknowledged fix lists what is cited: %s', async (fixture) => {
  await withFixture('acknowledged', fixture, async (root) => {
    await acknowledged.fix(root);
    expect(await acknowledged.check(root)).toEqual([]);
  });
});

it('acknowledge refuses a clause that no vector cites', async () => {
  await withFixture('acknowledged', 'base', async (root) => {
    await expect(acknowledge(root, ['DOC-READ-2'])).rejects.toThrow('no vector cites [DOC-READ-2]');
  });
});
