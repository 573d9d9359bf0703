// @ts-check
import { expect, it } from 'vitest';
import * as graph from '../checks/graph.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(graph);

it('fix draws a stale graph anew', async () => {
  await withFixture('graph', 'stale', async (root) => {
    await graph.fix(root);
    expect(await graph.check(root)).toEqual([]);
  });
});
