// @ts-check
// Child process: holds one Vitest for one package of a scratch copy and runs named tests on request.
import { createVitest } from 'vitest/node';

/** @import { TestCase, TestModule } from 'vitest/node' */

/**
 * @typedef {object} Request
 * @property {string[]} edited absolute paths of the files that changed since the last request
 * @property {string[]} tests full names of tests, or beginnings of them
 */

/**
 * @typedef {object} Answer
 * @property {{ name: string, passed: boolean }[]} ran every test that was run
 * @property {string[]} errors what went wrong outside every test
 */

/**
 * The test files that hold a test, by the name asked for; learnt from the first request that asks.
 *
 * @type {Map<string, string[]>}
 */
const holders = new Map();

const [root = ''] = process.argv.slice(2);
// Threads end with this process, so a test that never ends can be stopped from outside.
const vitest = await createVitest('test', { root, watch: false, reporters: [{}], pool: 'threads' });

/**
 * @param {Request} request
 * @returns {Promise<Answer>}
 */
async function answer({ edited, tests }) {
  for (const file of edited) vitest.invalidateFile(file);
  const beginnings = tests.map((test) => `^${test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  vitest.setGlobalTestNamePattern(new RegExp(beginnings.join('|')));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(await specificationsOf(tests));
  for (const test of tests) if (!holders.has(test)) holders.set(test, modulesWith(testModules, test));
  const results = testModules.flatMap((module) => [...module.children.allTests()]);
  const errors = testModules.flatMap((module) => module.errors().map(({ message }) => message));
  return {
    ran: results
      .map((test) => ({ name: fullName(test), state: test.result().state }))
      .filter(({ state }) => state === 'passed' || state === 'failed')
      .map(({ name, state }) => ({ name, passed: state === 'passed' })),
    errors: [...errors, ...unhandledErrors.map(messageOf)],
  };
}

/**
 * What was thrown may have lost its prototype on its way here.
 *
 * @param {unknown} error
 */
function messageOf(error) {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' ? message : 'an error without a message';
}

/** @param {readonly string[]} tests */
function specificationsOf(tests) {
  const known = tests.map((test) => holders.get(test));
  return vitest.globTestSpecifications(
    known.every((files) => files !== undefined) ? [...new Set(known.flat())] : undefined,
  );
}

/**
 * @param {readonly TestModule[]} modules
 * @param {string} test
 */
function modulesWith(modules, test) {
  return modules
    .filter((module) => [...module.children.allTests()].some((found) => fullName(found).startsWith(test)))
    .map(({ moduleId }) => moduleId);
}

/** @param {TestCase} test */
function fullName(test) {
  const names = [test.name];
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.unshift(parent.name);
  return names.join(' ');
}

process.on('message', (request) => {
  void answer(/** @type {Request} */ (request)).then((message) => process.send?.(message));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
