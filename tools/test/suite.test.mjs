import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as suite from '../checks/suite.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(suite);

it('suite fix writes what the check asks for', async () => {
  await withFixture('suite', 'base', async (root) => {
    const path = join(root, 'conformance/vectors/manifest.json');
    const sound = await readFile(path, 'utf8');
    await rm(path);
    expect(await suite.check(root)).toEqual(['conformance/vectors/manifest.json: missing, run pnpm fix']);
    await suite.fix(root);
    expect(await readFile(path, 'utf8')).toBe(sound);
  });
});
