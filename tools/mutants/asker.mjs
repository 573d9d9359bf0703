// @ts-check
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { runVector } from '../../conformance/dist/run-vectors.js';

/**
 * Runs in a thread of its own, since an edit may make a loop endless: asks the questions of the packages as they stand, and
 * tells of each the digest of a wrong answer.
 *
 * @import { Question } from './registry.mjs'
 */

/** @type {{ modules: string[], questions: Question[] }} */
const { modules, questions } = workerData;
const adapters = await Promise.all(modules.map((module) => import(module)));
/** @param {'operations' | 'inverses'} key */
const union = (key) => Object.assign({}, ...adapters.map((adapter) => adapter[key]));
const adapter = { operations: union('operations'), inverses: union('inverses') };

for (const { op, vector } of questions)
  parentPort?.postMessage({ id: vector.id, wrong: wrongAnswer(op, vector) });

/**
 * @param {string} op
 * @param {Question['vector']} vector
 * @returns {string | undefined}
 */
function wrongAnswer(op, vector) {
  try {
    runVector(op, /** @type {any} */ (vector), adapter);
    return undefined;
  } catch (error) {
    const got = error instanceof Error && 'actual' in error ? error.actual : { fault: {} };
    return createHash('sha256').update(canonical(got)).digest('hex').slice(0, 16);
  }
}

/**
 * JSON with the keys of every object in order.
 *
 * @param {unknown} value
 * @returns {string}
 */
function canonical(value) {
  return JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
