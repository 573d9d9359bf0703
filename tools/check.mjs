// @ts-check
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { runTool } from './spawn.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {(root: string) => Promise<string[]>} check
 */

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const MODULES = new URL('checks/', import.meta.url);

/** @type {Check} */
const tests = {
  name: 'tests',
  async check() {
    const args = ['run', 'test', '--output-logs=errors-only', '--continue=always', '--log-prefix=none'];
    const { status, output } = await runTool(root, 'turbo', args);
    return status === 0 ? [] : [output.trim()];
  },
};

/** @returns {Promise<Check[]>} */
async function everyCheck() {
  const files = readdirSync(MODULES).filter((file) => file.endsWith('.mjs'));
  return [tests, ...(await Promise.all(files.sort().map((file) => import(new URL(file, MODULES).href))))];
}

/** @param {Check} subject */
async function problemsOf(subject) {
  try {
    return await subject.check(root);
  } catch (error) {
    return [`the check itself failed: ${error instanceof Error ? error.stack : error}`];
  }
}

/** @param {readonly string[]} wanted names of checks; none means all */
async function main(wanted) {
  await bootstrap(root);
  const checks = await everyCheck();
  const unknown = wanted.filter((name) => !checks.some((subject) => subject.name === name));
  if (unknown.length > 0) {
    throw new Error(`no check "${unknown[0]}"; there are ${checks.map(({ name }) => name).join(', ')}`);
  }
  let count = 0;
  for (const subject of checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const started = performance.now();
    const problems = await problemsOf(subject);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const verdict = problems.length === 0 ? 'ok' : `${problems.length} problems`;
    console.log(`${subject.name.padEnd(12)} ${verdict} (${seconds} s)`);
    for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
    count += problems.length;
  }
  process.exitCode = count === 0 ? 0 : 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
