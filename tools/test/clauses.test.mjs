import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as clauses from '../checks/clauses.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(clauses);

it('clauses fix writes what the check asks for', async () => {
  await withFixture('clauses', 'base', async (root) => {
    const path = join(root, 'specs/doc-1/clauses.json');
    const sound = await readFile(path, 'utf8');
    await rm(path);
    expect(await clauses.check(root)).not.toEqual([]);
    await clauses.fix(root);
    expect(await readFile(path, 'utf8')).toBe(sound);
  });
});

it('clauses fix follows a text that changed', async () => {
  await withFixture('clauses', 'clauses-json-stale', async (root) => {
    await clauses.fix(root);
    expect(await clauses.check(root)).toEqual([]);
  });
});

it('clauses fix forgets no clause that was not retired', async () => {
  await withFixture('clauses', 'clause-gone', async (root) => {
    await clauses.fix(root);
    expect(await readFile(join(root, 'specs/faulty-1/clauses.json'), 'utf8')).toContain('BAD-ID-1');
    await writeFile(
      join(root, 'specs/faulty-1/SPEC.md'),
      '# Retired clauses\n\n- BAD-ID-1 (0.2.0): dropped.\n',
    );
    await clauses.fix(root);
    expect(await clauses.check(root)).toEqual([]);
  });
});
