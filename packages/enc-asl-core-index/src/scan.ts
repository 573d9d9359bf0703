import { compareBytes } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { recordError } from './fields.js';
import { readFieldsOf, readRecord } from './record.js';
import { type Reading, runSync } from './requests.js';
import { loadTables, type OpenSegment } from './segment.js';

const RECORDS_AT_ONCE = 1024;

/**
 * Reads records in order of their digests.
 *
 * @spec SEG-REC-1, SEG-ID-3
 * @param segment - with the tables resident (`loadTables`), or every record costs reads of its table entries.
 * @param from - number of the first record, from 0.
 * @param to - number of the first record that is not wanted, at most `layout.recordCount`.
 * @returns the records; owned, but for BlockIDs and DomainIDs that are resident.
 * @throws AslError `SEG.DIGEST` when a page is not that of its hash; `SEG.ORDER` and the codes of a malformed record.
 * @throws RangeError when the segment has no such records.
 */
export function* readRecords(segment: OpenSegment, from: number, to: number): Reading<IndexRecord[]> {
  const { layout } = segment;
  if (
    !(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= layout.recordCount)
  ) {
    throw new RangeError(
      `from, to: expected a range within ${layout.recordCount} records, got ${from}, ${to}`,
    );
  }
  const records: IndexRecord[] = [];
  let previous: Uint8Array | undefined;
  for (const fields of yield* readFieldsOf(segment, from, to)) {
    // SEG-REC-1
    if (previous !== undefined && compareBytes(previous, fields.digest) >= 0) {
      throw recordError('SEG.ORDER', layout, fields, 0, 'the digest is not greater than the one before');
    }
    previous = fields.digest;
    records.push(yield* readRecord(segment, fields));
  }
  return records;
}

/**
 * Scans a whole segment in order of its digests, a few pages at a time.
 *
 * @spec SEG-ID-3, SEG-REC-1
 * @param segment - any; its tables are made resident first.
 * @param read - gives the octets asked for, fewer if the file ends before.
 * @returns the records, read as they are taken.
 * @throws what {@link readRecords} throws, in the middle of the scan if need be: a scan that ended was whole.
 */
export function* scanRecords(
  segment: OpenSegment,
  read: (offset: number, length: number) => Uint8Array,
): Generator<IndexRecord, void, undefined> {
  const withTables = runSync(loadTables(segment), read);
  const { recordCount } = segment.layout;
  for (let from = 0; from < recordCount; from += RECORDS_AT_ONCE) {
    // One record more than before, so that the order is held across the pieces too.
    const start = Math.max(0, from - 1);
    const records = runSync(
      readRecords(withTables, start, Math.min(recordCount, from + RECORDS_AT_ONCE)),
      read,
    );
    yield* start < from ? records.slice(1) : records;
  }
}
