// @ts-check
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commandProblems } from '../spec/commands.mjs';
import { byCodeUnit, readText } from '../spec/files.mjs';

/** @typedef {{ pattern: RegExp, says: string, applies: (path: string) => boolean }} Rule */

export const name = 'hygiene';

const FIXTURES = 'tools/fixtures/hygiene/';
const LOCK_FILE = /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json)$/;
const CODE = /\.(?:[cm]?[jt]sx?|py)$/;
const TEST = /(?:^|\/)tests?\/|\.test\.|(?:^|\/)test_[^/]*\.py$/;

// Words are joined here, so that this file does not hold what it looks for.
const unfinished = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|');
const homes = ['work', 'root', 'farm', 'home', 'Users'].join('|');
const domains = ['org', 'com', 'net', 'io', 'dev', 'cn', 'lan', 'local', 'internal', 'test'].join('|');

/** @type {readonly Rule[]} */
const RULES = [
  {
    pattern: new RegExp(`(?<![\\w.@-])/(?:${homes})/[\\w.-]+|\\b[A-Z]:\\\\+Users\\\\`),
    says: 'a path of one machine',
    applies: () => true,
  },
  {
    pattern: new RegExp(`\\bregistry\\.[a-z0-9-]+\\.(?:${domains})\\b|^\\s*(?:@[\\w-]+:)?registry\\s*=`),
    says: 'the name of a package registry',
    applies: () => true,
  },
  {
    pattern: /https?:\/\/|\btarball:|"resolved":/,
    says: 'an address in a lock file',
    applies: (path) => LOCK_FILE.test(path),
  },
  {
    pattern: new RegExp(`\\b(?:${unfinished})\\b`),
    says: 'a mark of unfinished work',
    applies: (path) => !LOCK_FILE.test(path),
  },
  {
    pattern: /@ts-(?:ignore|nocheck)\b/,
    says: 'type checking is switched off',
    applies: (path) => CODE.test(path),
  },
  {
    pattern:
      /\b(?:it|test|describe|suite|bench)(?:\.\w+)*\.(?:skip|runIf|only|todo|fails)\b|\.skipIf\(\s*(?:true\b|!?\d|!false\b)|\b(?:x|f)(?:it|describe)\(|\b(?:t|ctx|context|task)\.skip\(|\.skipTest\(|@unittest\.(?:skip|expectedFailure)/,
    says: 'a test that is left out or singled out',
    applies: (path) => CODE.test(path) && TEST.test(path),
  },
];

const run = promisify(execFile);

/**
 * Holds every file that is or would be committed to the rules of the house, and the commands in its documents to the
 * scripts there are.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const problems = [];
  for (const path of await committedFiles(root)) {
    const source = await readText(root, path);
    if (source === undefined || source.includes('\0') || path.startsWith(FIXTURES)) continue;
    const rules = RULES.filter((rule) => rule.applies(path));
    for (const [index, line] of source.split('\n').entries()) {
      for (const { pattern, says } of rules) {
        const found = pattern.exec(line)?.[0];
        if (found) problems.push(`${path}:${index + 1}: ${says}: ${found.trim()}`);
      }
    }
    if (path.endsWith('.md') && !path.startsWith('tools/fixtures/')) {
      problems.push(...(await commandProblems(root, path, source)));
    }
  }
  return problems;
}

/**
 * @param {string} root
 * @returns {Promise<string[]>}
 */
async function committedFiles(root) {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', listing, { cwd: root, maxBuffer: 1 << 26 });
  return [...new Set(stdout.split('\0').filter((path) => path !== ''))].sort(byCodeUnit);
}
