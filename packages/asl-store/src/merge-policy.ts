/** Most segments of a lookup where some are small (STO-MRG-2), and where none is. */
const SOURCES_MAX = 8;
const LARGE_SOURCES_MAX = 32;
/** A segment with fewer records is small. */
const SMALL_RECORD_COUNT = 2 ** 12;
/** No merged segment has more records: making one stays a matter of moments. */
const RECORD_COUNT_MAX = 2 ** 18;
/** A segment is merged with those after it if it has at most this many times as many records as they have. */
const RATIO = 2;

/**
 * Decides which segments to merge, so that lookups touch few and records are not written over and over.
 *
 * @param recordCounts - of the segments, in the order of their seals; infinite for one that cannot be merged.
 * @returns the index from which on they are to be merged, or undefined if there are few enough.
 */
export function mergeStart(recordCounts: readonly number[]): number | undefined {
  // What is as large as a merged segment gets stays as it is.
  const first = recordCounts.findLastIndex((count) => count > RECORD_COUNT_MAX / 2) + 1;
  const tail = recordCounts.slice(first);
  const isSmall = tail.some((count) => count < SMALL_RECORD_COUNT);
  const most = isSmall ? SOURCES_MAX : LARGE_SOURCES_MAX;
  if (tail.length <= most) return undefined;
  let start = tail.length - 1;
  let sum = tail[start] as number;
  while (start > 0) {
    const next = tail[start - 1] as number;
    if (sum + next > RECORD_COUNT_MAX || (next > RATIO * sum && start < most)) break;
    sum += next;
    start--;
  }
  return start < tail.length - 1 ? first + start : undefined;
}
