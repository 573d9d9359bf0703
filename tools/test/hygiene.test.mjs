import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as hygiene from '../checks/hygiene.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

/** @param {string} root */
async function asRepository(root) {
  execFileSync('git', ['init', '--quiet', root]);
  await mkdir(join(root, 'ignored'));
  await writeFile(join(root, 'ignored/notes.ts'), `// @ts-${'nocheck'}\n`);
}

describeFixtures(hygiene, asRepository);

it.each(['work', 'root', 'farm'])('hygiene check names a path below the top folder %s', async (top) => {
  await withFixture('hygiene', 'base', async (root) => {
    await asRepository(root);
    await writeFile(join(root, 'a.txt'), `in ${['', top, 'place'].join('/')}\n`);
    expect(await hygiene.check(root)).toEqual([`a.txt:1: a path of one machine: /${top}/place`]);
  });
});
