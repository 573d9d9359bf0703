import { compareBytes, formatReference } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { segError } from './errors.js';

/** Below 2^24 a record's index fits beside 29 bits of its digest in a number, exactly. */
const INDEX_RANGE = 2 ** 24;

/**
 * Puts the records of one segment in the order of their digests.
 *
 * @spec SEG-REC-1, SEG-SET-2
 * @param records - fewer than 2^24; borrowed.
 * @returns the same records; a new array.
 * @throws AslError `SEG.ORDER` when two have one key, `SEG.HASH_ID` when not all keys have one `hash_id`.
 */
export function sortByDigest(records: readonly IndexRecord[]): IndexRecord[] {
  const ranks = Float64Array.from(records, (record, index) => INDEX_RANGE * prefixOf(record) + index).sort();
  const sorted = Array.from(ranks, (rank) => records[rank % INDEX_RANGE] as IndexRecord);
  sortEqualPrefixes(sorted, ranks);
  assertOneHashId(records);
  return sorted;
}

/** The first 29 bits of the digest. */
function prefixOf({ key: { digest } }: IndexRecord): number {
  const high = ((digest[0] as number) << 21) | ((digest[1] as number) << 13);
  return high | ((digest[2] as number) << 5) | ((digest[3] as number) >> 3);
}

/** Orders what the ranks leave open. Only here can two keys be equal, so the other records are not looked at again. */
function sortEqualPrefixes(sorted: IndexRecord[], ranks: Float64Array): void {
  let start = 0;
  for (let end = 1; end <= ranks.length; end++) {
    const prefix = Math.floor((ranks[start] as number) / INDEX_RANGE);
    if (end < ranks.length && Math.floor((ranks[end] as number) / INDEX_RANGE) === prefix) continue;
    if (end - start > 1) sortRun(sorted, start, end);
    start = end;
  }
}

function sortRun(sorted: IndexRecord[], start: number, end: number): void {
  const run = sorted.slice(start, end).sort(compareKeys);
  for (const [index, record] of run.entries()) {
    sorted[start + index] = record;
    // SEG-SET-2
    if (index === 0 || compareKeys(run[index - 1] as IndexRecord, record) !== 0) continue;
    const key = formatReference(record.key);
    throw segError('SEG.ORDER', `two records have the key ${key}`, { got: key });
  }
}

function compareKeys(left: IndexRecord, right: IndexRecord): number {
  return compareBytes(left.key.digest, right.key.digest) || left.key.hashId - right.key.hashId;
}

function assertOneHashId(records: readonly IndexRecord[]): void {
  const hashId = records[0]?.key.hashId;
  // SEG-SET-2
  for (const { key } of records) {
    if (key.hashId === hashId || hashId === undefined) continue;
    const text = `keys with hash_id ${hashId} and ${key.hashId} in one segment`;
    throw segError('SEG.HASH_ID', text, { expected: hashId, got: key.hashId });
  }
}
