import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatVectors } from '../../conformance/schema/format-vectors.mjs';
import { withFixture } from './fixtures.mjs';

const FOLDER = 'conformance/vectors';

it.each(['not-canonical', 'keys-out-of-order'])('vectors fmt writes a file that is %s', async (fixture) => {
  await withFixture('vectors', fixture, async (root) => {
    const folder = join(root, FOLDER);
    const before = await readFile(join(folder, 'doc-1/read.json'), 'utf8');
    expect(await formatVectors(folder, { check: true })).toEqual(['doc-1/read.json: not in canonical form']);
    expect(await readFile(join(folder, 'doc-1/read.json'), 'utf8')).toBe(before);
    expect(await formatVectors(folder, { check: false })).toEqual([]);
    expect(await formatVectors(folder, { check: true })).toEqual([]);
  });
});

it('vectors fmt names a file that it cannot keep whole, and leaves it alone', async () => {
  await withFixture('vectors', 'key-unknown', async (root) => {
    const path = join(root, FOLDER, 'doc-1/more.json');
    const before = await readFile(path, 'utf8');
    const problems = await formatVectors(join(root, FOLDER), { check: false });
    expect(problems).toEqual([expect.stringContaining('doc-1/more.json: ')]);
    expect(await readFile(path, 'utf8')).toBe(before);
  });
});
