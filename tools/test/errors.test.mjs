import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as errors from '../checks/errors.mjs';
import { describeFixtures, placeReport, withFixture } from './fixtures.mjs';

describeFixtures(errors, placeReport);

/**
 * Checks the sound fixture after a commit in which the registry held another code.
 * @param {string} code
 */
async function problemsAfterCommitOf(code) {
  return withFixture('errors', 'base', async (root) => {
    await placeReport(root);
    const path = join(root, 'specs/errors.json');
    const registry = await readFile(path, 'utf8');
    await writeFile(path, registry.replace('DOC.LONG', code));
    const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: root });
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test', 'commit', '--quiet', '--message', 'registry');
    await writeFile(path, registry);
    return errors.check(root);
  });
}

it('errors check misses a code that was committed', async () => {
  expect(await problemsAfterCommitOf('DOC.EARLIER')).toEqual([
    'specs/errors.json: DOC.EARLIER is gone: codes are only ever added',
  ]);
});

it('errors check keeps to the codes that were committed', async () => {
  expect(await problemsAfterCommitOf('DOC.LONG')).toEqual([]);
});

it('errors check needs no commit', async () => {
  await withFixture('errors', 'base', async (root) => {
    await placeReport(root);
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    expect(await errors.check(root)).toEqual([]);
  });
});
