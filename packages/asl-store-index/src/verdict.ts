import type { PolicyRow } from './policy.js';

/** What a state says of a key. */
export type Verdict = 'inadmissible' | 'absent' | 'internal' | 'published';

/**
 * Gives the verdict on a key.
 *
 * @spec STX-VER-1, STX-VER-2, STX-VER-3, STX-VER-4
 * @param row - the key's row in the policy table, if it has one.
 * @param hasRecord - whether a lookup at the same position finds a record that is not a tombstone record.
 */
export function verdictOf(row: PolicyRow | undefined, hasRecord: boolean): Verdict {
  if (row !== undefined && row.tombstones.length > 0) return 'inadmissible';
  if (!hasRecord) return 'absent';
  return row?.publication?.published === true ? 'published' : 'internal';
}
