// @ts-check
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, fix } from '../checks/format.mjs';
import { linkInstalled } from './install.mjs';

const BIOME = {
  files: { includes: ['*.mjs'] },
  javascript: { formatter: { quoteStyle: 'single' } },
  json: { formatter: { enabled: false } },
  linter: { enabled: false },
};

/** @type {string} */
let root;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amduat-format-'));
  await linkInstalled(root);
  await writeFile(join(root, 'biome.json'), JSON.stringify(BIOME));
  await writeFile(join(root, 'sound.mjs'), "import { a, b } from './x.mjs';\n\na(b);\n");
});

afterEach(() => rm(root, { recursive: true }));

describe('format check', () => {
  it('finds nothing in files that have their form', async () => {
    expect(await check(root)).toEqual([]);
  });

  it('names each file that has not, and fix gives it its form', async () => {
    await writeFile(join(root, 'quotes.mjs'), 'import { b, a } from "./x.mjs";\n\na(b);\n');
    await writeFile(join(root, 'broken.mjs'), 'const = 1;\n');
    expect((await check(root)).sort()).toEqual([
      'broken.mjs: format',
      'broken.mjs: parse',
      'quotes.mjs: assist/source/organizeImports',
      'quotes.mjs: format',
    ]);
    await rm(join(root, 'broken.mjs'));
    await fix(root);
    expect(await check(root)).toEqual([]);
    expect(await readFile(join(root, 'quotes.mjs'), 'utf8')).toBe(
      "import { a, b } from './x.mjs';\n\na(b);\n",
    );
  });
});
