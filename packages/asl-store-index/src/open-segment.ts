import { equalBytes, formatReference, type Reference } from '@amduat/asl-core';
import { storeIndexError } from './errors.js';
import { type IndexRecord, recordLength } from './record.js';
import type { Verdict } from './verdict.js';

/**
 * Refuses a put that the policy does not admit.
 *
 * @spec STX-OPEN-2
 * @param key - borrowed.
 * @param verdict - on the key, at the position the put begins from.
 * @throws AslError `STORE.INADMISSIBLE` when the key has a live tombstone.
 */
export function assertPut(key: Reference, verdict: Verdict): void {
  if (verdict !== 'inadmissible') return;
  throw storeIndexError('STORE.INADMISSIBLE', `${formatReference(key)} has a live tombstone`, {
    key: formatReference(key),
  });
}

/**
 * Refuses a removal of a key that is published, or that has no record to hide.
 *
 * @spec STX-OPEN-4
 * @param key - borrowed.
 * @param verdict - on the key, at the position the removal begins from.
 * @param hasRecord - whether there is a record that is not a tombstone record, visible or in the open segment.
 * @throws AslError `STORE.PUBLISHED`, then `STORE.ABSENT`, in this order of checks.
 */
export function assertRemoval(key: Reference, verdict: Verdict, hasRecord: boolean): void {
  if (verdict === 'published') {
    throw storeIndexError('STORE.PUBLISHED', `${formatReference(key)} is published: unpublish it first`, {
      key: formatReference(key),
    });
  }
  if (hasRecord) return;
  throw storeIndexError('STORE.ABSENT', `there is no record for ${formatReference(key)}`, {
    key: formatReference(key),
  });
}

/**
 * Tells whether two records of one key say the same of the artifact; where its bytes are and the logseq do not count.
 *
 * @spec STX-OPEN-3
 */
export function describesSame(left: IndexRecord, right: IndexRecord): boolean {
  return (
    left.tombstone === right.tombstone &&
    left.typeTag === right.typeTag &&
    left.visibility === right.visibility &&
    recordLength(left) === recordLength(right) &&
    equalBytes(left.domain, right.domain) &&
    equalBytes(left.source, right.source)
  );
}
