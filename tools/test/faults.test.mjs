// @ts-check
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tryFaults } from '../faults/campaign.mjs';
import { matchesPattern, readFaults, registryProblems } from '../faults/registry.mjs';
import { run } from '../spawn.mjs';
import { linkInstalled } from './install.mjs';

/** @import { Fault } from '../faults/registry.mjs' */

const SOURCE = `import { one } from './one.js';

export function double(value: number): number {
  return value * 2;
}

export const sum: number = one + one;
`;

const TESTS = `import { describe, expect, it } from 'vitest';
import { double, sum } from '../src/index.js';

describe('double', () => {
  it('doubles', () => expect(double(3)).toBe(6));
  it('doubles zero', () => expect(double(0)).toBe(0));
  it('fails always', () => expect(double(1)).toBe(0));
});

it('sum', () => expect(sum).toBe(2));
`;

const FILES = {
  'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  '.gitignore': 'node_modules\n.scratch\n',
  'packages/one/package.json': '{ "name": "@amduat/one", "type": "module" }\n',
  'packages/one/vitest.config.ts': "export default { test: { include: ['test/*.test.ts'] } };\n",
  'packages/one/src/index.ts': SOURCE,
  'packages/one/src/one.ts': 'export const one = 1;\n',
  'packages/one/test/index.test.ts': TESTS,
  'packages/one/test/other.test.ts': "import { it } from 'vitest';\n\nit('double other', () => {});\n",
};

/** @type {string} */
let root;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'amduat-faults-test-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await linkInstalled(root);
  await run('git', ['init', '--quiet'], { cwd: root });
});

afterAll(() => rm(root, { recursive: true }));

/**
 * @param {string} id
 * @param {Partial<Fault>} [rest]
 * @param {string[]} tests
 * @returns {Fault}
 */
function fault(id, tests, rest = {}) {
  return {
    id,
    clause: 'ONE-1',
    file: 'packages/one/src/index.ts',
    find: 'value * 2',
    replace: 'value + 2',
    why: 'Adds.',
    killedBy: tests.map((test) => ({ package: 'packages/one', test })),
    ...rest,
  };
}

describe('tryFaults', () => {
  it('finds a fault only when every named test fails, and ran, and was green before', async () => {
    const faults = [
      fault('red', ['double doubles zero']),
      fault('red-in-both', ['double doubles', 'double doubles zero'], { replace: 'value + 7' }),
      fault('red-in-another-file', ['sum'], {
        file: 'packages/one/src/one.ts',
        find: 'one = 1',
        replace: 'one = 2',
      }),
      fault('red-by-beginning', ['double doub'], { replace: 'value' }),
      fault('still-passes', ['double doubles'], { replace: 'value + value' }),
      fault('passes-by-exact-name', ['double doubles'], { replace: 'value === 0 ? 1 : value * 2' }),
      fault('only-one-of-two', ['double doubles', 'double doubles zero'], { replace: 'value ** 2' }),
      fault('does-not-load', ['sum'], { replace: 'value *' }),
      fault('throws-while-loading', ['sum'], { find: 'one + one', replace: 'one.absent.field' }),
      fault('no-such-test', ['double trebles']),
      fault('red-before', ['double fails']),
    ];
    /** @type {Record<string, string | undefined>} */
    const verdicts = {};
    for await (const { fault: tried, survived } of tryFaults(root, faults)) verdicts[tried.id] = survived;
    expect(Object.keys(verdicts)).toEqual(faults.map(({ id }) => id));
    expect(verdicts).toEqual({
      red: undefined,
      'red-in-both': undefined,
      'red-in-another-file': undefined,
      'red-by-beginning': undefined,
      'still-passes': '"double doubles" still passes',
      'passes-by-exact-name': '"double doubles" still passes',
      'only-one-of-two': '"double doubles zero" still passes',
      'does-not-load': expect.stringMatching(/^the edit keeps "sum" from running \(Transform failed/),
      'throws-while-loading': expect.stringMatching(/^the edit keeps "sum" from running \(Cannot read/),
      'no-such-test': 'no test "double trebles" in packages/one',
      'red-before': '"double fails" fails without the edit',
    });
  });

  it('leaves the working tree as it was and no copy behind', async () => {
    const scratch = join(root, '.scratch');
    await mkdir(scratch);
    vi.stubEnv('TMPDIR', scratch);
    for await (const { survived } of tryFaults(root, [fault('red', ['double doubles zero'])])) {
      expect(survived).toBeUndefined();
      expect(await readdir(scratch)).toHaveLength(1);
    }
    vi.unstubAllEnvs();
    expect(await readFile(join(root, 'packages/one/src/index.ts'), 'utf8')).toBe(SOURCE);
    expect(await readdir(scratch)).toEqual([]);
  });
});

describe('registryProblems', () => {
  it.each([
    ['nothing', fault('a', ['x']), []],
    ['a text that does not occur', fault('a', ['x'], { find: 'nowhere' }), ['occurs 0 times']],
    ['a text that occurs twice', fault('a', ['x'], { find: 'one' }), ['occurs 4 times']],
    ['a file that does not exist', fault('a', ['x'], { file: 'packages/one/gone.ts' }), ['does not exist']],
    ['an edit that changes nothing', fault('a', ['x'], { replace: 'value * 2' }), ['changes nothing']],
    [
      'a package without tests',
      fault('a', [], { killedBy: [{ package: 'x', test: 'y' }] }),
      ['has no tests'],
    ],
  ])('names %s', (_, faulty, expected) => {
    const problems = registryProblems(root, [faulty]);
    expect(problems).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
  });

  it('names an ID that is taken twice', () => {
    expect(registryProblems(root, [fault('a', ['x']), fault('a', ['x'])])).toEqual([
      'a: the ID is taken twice',
    ]);
  });
});

describe('readFaults', () => {
  it('gives the faults of every file in order of their IDs', async () => {
    await mkdir(join(root, 'conformance', 'mutants'), { recursive: true });
    const write = (/** @type {string} */ name, /** @type {unknown} */ value) =>
      writeFile(join(root, 'conformance', 'mutants', name), JSON.stringify(value));
    await write('a.json', [fault('m', ['x']), fault('z', ['x'])]);
    await write('b.json', [fault('n.a-b', ['x'])]);
    expect(readFaults(root).map(({ id }) => id)).toEqual(['m', 'n.a-b', 'z']);
    await write('b.json', [{ ...fault('n', ['x']), switch: true }]);
    expect(() => readFaults(root)).toThrow(/conformance\/mutants\/b\.json: .*switch/s);
  });
});

describe('matchesPattern', () => {
  it.each([
    ['core.a', '*', true],
    ['core.a', 'core.*', true],
    ['core.a', 'core', false],
    ['core.a', '*.a', true],
    ['coreXa', 'core.a', false],
  ])('%s against %s', (id, pattern, expected) => {
    expect(matchesPattern(id, pattern)).toBe(expected);
  });
});
