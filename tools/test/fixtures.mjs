// @ts-check
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** @typedef {{ name: string, check: (root: string) => Promise<string[]> }} Check */

// A bound on hangs, wide enough for a busy machine.
const FIXTURE_MS = 60_000;

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/**
 * Declares one test for the sound fixture of a check and one for each faulty one. A faulty fixture holds the files
 * that differ from the sound one, and in problems.txt the problems the check has to name.
 * @param {Check} subject
 * @param {(root: string) => Promise<void>} [prepare]
 */
export function describeFixtures(subject, prepare) {
  describe(`${subject.name} check`, async () => {
    it('finds nothing in the sound fixture', { timeout: FIXTURE_MS }, async () => {
      expect(await problemsOf(subject, 'base', prepare)).toEqual([]);
    });
    for (const fault of await faultsOf(subject)) {
      it(`names the fault: ${fault.replaceAll('-', ' ')}`, { timeout: FIXTURE_MS }, async () => {
        const problems = await problemsOf(subject, fault, prepare);
        const expected = await readFile(join(FIXTURES, subject.name, fault, 'problems.txt'), 'utf8');
        expect(problems.sort()).toEqual(expected.trimEnd().split('\n').sort());
      });
    }
  });
}

/**
 * Lends a scratch copy of a fixture laid over the sound one.
 * @template T
 * @param {string} check
 * @param {string} fixture
 * @param {(root: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withFixture(check, fixture, use) {
  const root = await mkdtemp(join(tmpdir(), 'amduat-fixture-'));
  try {
    await cp(join(FIXTURES, check, 'base'), root, { recursive: true });
    await cp(join(FIXTURES, check, fixture), root, { recursive: true });
    await rm(join(root, 'problems.txt'), { force: true });
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * Puts reports.json of packages/doc in the place of .reports/vitest.json, which Git would ignore, newer than all else.
 * @param {string} root
 */
export async function placeReport(root) {
  const report = join(root, 'packages/doc/.reports/vitest.json');
  await mkdir(join(root, 'packages/doc/.reports'));
  await rename(join(root, 'packages/doc/reports.json'), report);
  await utimes(report, new Date('2100-01-01'), new Date('2100-01-01'));
}

/**
 * @param {Check} subject
 * @param {string} fixture
 * @param {(root: string) => Promise<void>} [prepare]
 */
function problemsOf(subject, fixture, prepare) {
  return withFixture(subject.name, fixture, async (root) => {
    await prepare?.(root);
    return subject.check(root);
  });
}

/** @param {Check} subject */
async function faultsOf(subject) {
  const names = await readdir(join(FIXTURES, subject.name));
  return names.filter((name) => name !== 'base').sort();
}
