import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as derivations from '../checks/derivations.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(derivations);

const FILE = 'conformance/vectors/doc-1/read.json';

it.each([
  'base-unknown',
  'base-refused',
  'field-unknown',
  'edit-beyond-its-field',
  'leads-elsewhere',
  'sealed-for-nothing',
  'from-missing',
  'flag-missing',
  'flag-of-another-fault',
])('derivations fix finds them again: %s', async (fixture) => {
  const sound = await withFixture('derivations', 'base', (root) => readFile(join(root, FILE), 'utf8'));
  await withFixture('derivations', fixture, async (root) => {
    await derivations.fix(root);
    expect(await readFile(join(root, FILE), 'utf8')).toBe(sound);
  });
});

it('derivations fix makes no second fault right', async () => {
  await withFixture('derivations', 'not-sealed-again', async (root) => {
    const before = await derivations.check(root);
    await derivations.fix(root);
    expect(await derivations.check(root)).toEqual(before);
  });
});
