import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as docs from '../checks/docs.mjs';
import { runExamples } from '../spec/examples.mjs';
import { describeFixtures, withFixture } from './fixtures.mjs';

describeFixtures(docs);

it('docs check ends an example that does not end', async () => {
  const problems = await withFixture('docs', 'base', (root) =>
    runExamples(root, [], [{ at: 'README.md:1', code: 'for (;;);' }], { hangMs: 500 }),
  );
  expect(problems).toEqual(['README.md:1: example fails: it does not end']);
});

it('docs check lets an example import what a package depends on', async () => {
  await withFixture('docs', 'base', async (root) => {
    const dir = join(root, 'packages/doc');
    await mkdir(join(dir, 'node_modules/@other/dep'), { recursive: true });
    await writeFile(
      join(dir, 'node_modules/@other/dep/package.json'),
      '{"type":"module","exports":"./dep.js"}',
    );
    await writeFile(join(dir, 'node_modules/@other/dep/dep.js'), 'export const two = 2;');
    await writeFile(
      join(dir, 'package.json'),
      JSON.stringify({ name: '@doc/doc', exports: './lib/index.js', dependencies: { '@other/dep': '1' } }),
    );
    const code = "import { two } from '@other/dep';\nthrow new Error(`it is ${two}`);";
    expect(await runExamples(root, ['packages/doc'], [{ at: 'README.md:1', code }])).toEqual([
      'README.md:1: example fails: Error: it is 2',
    ]);
  });
});
