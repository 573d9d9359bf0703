import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as vectors from '../checks/vectors.mjs';
import { describeFixtures, placeReport, withFixture } from './fixtures.mjs';

describeFixtures(vectors, placeReport);

it.each(['not-canonical', 'keys-out-of-order'])('vectors fix rewrites a file that is %s', async (fixture) => {
  await withFixture('vectors', fixture, async (root) => {
    await placeReport(root);
    await vectors.fix(root);
    expect(await vectors.check(root)).toEqual([]);
  });
});

it.each(['key-twice', 'integer-too-large', 'key-unknown', 'not-json'])(
  'vectors fix leaves a file alone that it cannot keep whole: %s',
  async (fixture) => {
    await withFixture('vectors', fixture, async (root) => {
      const path = fixture.startsWith('key-u') || fixture === 'not-json' ? 'more.json' : 'read.json';
      const before = await readFile(join(root, 'conformance/vectors/doc-1', path), 'utf8');
      await vectors.fix(root);
      expect(await readFile(join(root, 'conformance/vectors/doc-1', path), 'utf8')).toBe(before);
    });
  },
);
