// @ts-check
import { rmSync } from 'node:fs';
import { openLane } from './lane.mjs';
import { makeScratchCopy } from './scratch.mjs';

/** @import { Fault } from './registry.mjs' */
/** @import { Verdict } from './lane.mjs' */

const LANES = 2;

/**
 * Plants every fault in a scratch copy of the working tree and runs the tests that are said to find it. Gives the
 * verdicts in the order of the faults.
 *
 * @param {string} root
 * @param {readonly Fault[]} faults
 * @returns {AsyncGenerator<Verdict>}
 */
export async function* tryFaults(root, faults) {
  const copies = Array.from({ length: Math.min(LANES, faults.length) }, () => makeScratchCopy(root));
  const scratches = await Promise.all(copies);
  const lanes = scratches.map((scratch) => openLane(scratch, faults));
  const cleanUp = () => {
    for (const lane of lanes) lane.close();
    for (const scratch of scratches) rmSync(scratch, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  try {
    yield* inTurn(faults, lanes);
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

/**
 * @param {readonly Fault[]} faults
 * @param {readonly ReturnType<typeof openLane>[]} lanes
 * @returns {AsyncGenerator<Verdict>}
 */
async function* inTurn(faults, lanes) {
  const settled = faults.map(() => /** @type {Deferred<Verdict>} */ (deferred()));
  const queue = [...faults.entries()].sort(byPackage);
  const drained = lanes.map(async (lane) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      settled[next[0]]?.resolve(await lane.try(next[1]));
    }
  });
  const all = Promise.all(drained);
  all.catch((error) => {
    for (const { reject } of settled) reject(error);
  });
  for (const { promise } of settled) yield await promise;
  await all;
}

/**
 * Faults of one package follow each other, so that a lane seldom changes its test process.
 *
 * @param {[number, Fault]} left
 * @param {[number, Fault]} right
 */
function byPackage([leftIndex, left], [rightIndex, right]) {
  const [from, to] = [left.killedBy[0]?.package ?? '', right.killedBy[0]?.package ?? ''];
  if (from !== to) return from < to ? -1 : 1;
  return leftIndex - rightIndex;
}

/**
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (reason: unknown) => void }} Deferred
 */

/**
 * A promise that is settled from outside; a rejection nobody waits for is no error of its own.
 *
 * @template T
 * @returns {Deferred<T>}
 */
function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
