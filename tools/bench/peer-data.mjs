// @ts-check
import { makeItems } from './data.mjs';

/** @import { Peer } from './peers.mjs' */
/** @import { Context } from './workloads.mjs' */

const COMMIT_LENGTH = 1000;

/**
 * @template {'store' | 'log' | 'index' | 'anchored' | 'proof'} K
 * @param {Peer} peer
 * @param {K} ability
 * @returns {NonNullable<Peer[K]>}
 */
export function abilityOf(peer, ability) {
  const found = peer[ability];
  if (found === undefined || found === null) throw new Error(`${peer.name} is no ${ability}`);
  return found;
}

/**
 * The items that are measured with a peer.
 *
 * @param {Context} context
 */
export function itemsFor({ peer, plan }) {
  return makeItems(Math.ceil(plan.itemCount / (peer.share ?? 1)));
}

/**
 * Stores items, durably after each thousand.
 *
 * @param {Context} context
 * @param {readonly Buffer[]} items
 */
export async function fillStore({ peer, folder }, items) {
  const writer = await abilityOf(peer, 'store').create(folder);
  for (let from = 0; from < items.length; from += COMMIT_LENGTH) {
    await writer.commit(items.slice(from, from + COMMIT_LENGTH));
  }
  await writer.close();
}

/**
 * Ends the process, and with it the benchmark, when an answer is not what it must be.
 *
 * @param {Peer} peer
 * @param {string} what
 * @param {unknown} got
 * @param {unknown} expected
 */
export function assertAnswer(peer, what, got, expected) {
  if (got !== expected)
    throw new Error(`${peer.name}: wrong answer: ${what}: expected ${expected}, got ${got}`);
}
