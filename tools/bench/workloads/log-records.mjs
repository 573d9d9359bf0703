// @ts-check
import { abilityOf, assertAnswer } from '../peer-data.mjs';

/** @import { Peer } from '../peers.mjs' */

/** Records that become durable together. */
export const GROUP_LENGTH = 64;

/**
 * @template T
 * @param {readonly T[]} entries
 * @param {number} length
 * @returns {T[][]}
 */
export function groupsOf(entries, length) {
  return Array.from({ length: Math.ceil(entries.length / length) }, (_, index) =>
    entries.slice(length * index, length * (index + 1)),
  );
}

/**
 * @param {Peer} peer
 * @param {string} folder
 * @param {readonly Buffer[]} records
 */
export async function assertContents(peer, folder, records) {
  const log = abilityOf(peer, 'log');
  const contents = await log.contents(folder);
  assertAnswer(peer, 'records in the log', contents.length, records.length);
  for (const [number, record] of records.entries()) {
    const got = /** @type {Uint8Array} */ (contents[number]);
    assertAnswer(peer, `record ${number} is the one written`, Buffer.compare(log.expected(record), got), 0);
  }
}
