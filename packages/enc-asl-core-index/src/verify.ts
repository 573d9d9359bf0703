import { compareBytes, formatHex } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { enterDigest, FILTER_BLOCK_LENGTH } from './bloom.js';
import { segError } from './errors.js';
import { bucketOf, fanOutOf } from './fanout.js';
import { assertFields, FLAG_EXTENTS, type RecordFields, recordError } from './fields.js';
import { assertFooter } from './footer.js';
import type { SegmentLayout } from './layout.js';
import { EXTENT_LENGTH, FOOTER_LENGTH, TABLE_ENTRY_LENGTH } from './limits.js';
import { readFieldsOf, readRecord } from './record.js';
import type { Reading } from './requests.js';
import { loadTables, type OpenSegment, readRange } from './segment.js';

const RECORDS_AT_ONCE = 4096;
const WORDS_AT_ONCE = 16_384;

/**
 * Makes every check of a whole file but that of its SegmentID, which opening it has made page by page.
 *
 * @spec SEG-FILE-2, SEG-FTR-1, SEG-TAB-1, SEG-TAB-2, SEG-TAB-3, SEG-REC-1, SEG-REC-2, SEG-REC-3, SEG-REC-4, SEG-REC-5,
 * SEG-REC-6, SEG-REC-7, SEG-REC-8, SEG-REC-9, SEG-REC-10, SEG-EXT-1, SEG-EXT-2, SEG-EXT-3, SEG-HDR-9, SEG-FAN-2,
 * SEG-BLM-2
 * @param segment - any; what is resident of it is not trusted, apart from the tables.
 * @param take - is handed every record, in order, before the checks that come after the records.
 * @throws AslError the code of the first fault, in the order of section 5; `SEG.DIGEST` for a page that is not that of
 * its hash.
 * @remarks Reads the file once, in pieces; holds the tables, a fan-out and a filter, never the records.
 */
export function* verifySegment(
  segment: OpenSegment,
  take: (record: IndexRecord) => void = () => {},
): Reading<void> {
  const { layout } = segment;
  assertFooter(yield* readRange(segment, layout.footerOffset, FOOTER_LENGTH), layout.fileLength);
  yield* assertPadding(segment);
  const withTables = yield* loadTables(segment);
  const { blockIds = [], domainIds = [] } = withTables;
  assertTables(layout, blockIds, domainIds);
  const sums = startSums(layout);
  const [first, last] = yield* verifyRecords(withTables, sums, take);
  assertNoExtentsLeft(layout, sums);
  assertTableNamed(blockIds, sums.named, layout.blocksOffset);
  assertTableNamed(domainIds, sums.named, layout.domainsOffset);
  // SEG-HDR-9
  assertRangeEnd('first_digest', 48, layout.firstDigest, first);
  assertRangeEnd('last_digest', 80, layout.lastDigest, last);
  yield* assertWords(segment, layout.fanOutOffset, fanOutOf(sums.bucketSizes), 'SEG.FANOUT');
  yield* assertWords(segment, layout.filterOffset, sums.filter, 'SEG.BLOOM');
}

/** Makes the checks of every record; returns the first and the last digest. */
function* verifyRecords(
  segment: OpenSegment,
  sums: Sums,
  take: (record: IndexRecord) => void,
): Reading<[Uint8Array, Uint8Array]> {
  const { layout } = segment;
  let first: Uint8Array | undefined;
  let previous: RecordFields | undefined;
  for (let from = 0; from < layout.recordCount; from += RECORDS_AT_ONCE) {
    const to = Math.min(layout.recordCount, from + RECORDS_AT_ONCE);
    for (const fields of yield* readFieldsOf(segment, from, to)) {
      assertSuccessor(layout, previous, fields);
      assertFields(layout, fields);
      assertFirstExtent(layout, sums, fields);
      const record = yield* readRecord(segment, fields);
      addRecord(layout, sums, fields, record);
      take(record);
      first ??= fields.digest;
      previous = fields;
    }
  }
  return [first ?? layout.firstDigest, previous?.digest ?? layout.lastDigest];
}

/** What the records add up to, to be held against the other sections. */
interface Sums {
  /** BlockIDs and DomainIDs that are named, by identity: resident tables hand out one object for an entry. */
  readonly named: Set<Uint8Array>;
  readonly bucketSizes: Uint32Array;
  readonly filter: Uint32Array;
  extentCount: number;
}

/** SEG-LIM-1: the counts are those of a file whose length was held against them. */
function startSums(layout: SegmentLayout): Sums {
  return {
    named: new Set(),
    bucketSizes: new Uint32Array(layout.fanOutCount - 1),
    filter: new Uint32Array((FILTER_BLOCK_LENGTH / 4) * layout.filterBlockCount),
    extentCount: 0,
  };
}

function* assertPadding(segment: OpenSegment): Reading<void> {
  const { paddingOffset, recordsOffset } = segment.layout;
  const padding = yield* readRange(segment, paddingOffset, recordsOffset - paddingOffset);
  // SEG-FILE-2
  for (let index = 0; index < padding.length; index++) {
    const got = padding[index] as number;
    if (got === 0) continue;
    const offset = paddingOffset + index;
    throw segError('SEG.PADDING', `the padding has ${got} at offset ${offset}`, { offset, expected: 0, got });
  }
}

function assertTables(
  layout: SegmentLayout,
  blockIds: readonly Uint8Array[],
  domainIds: readonly Uint8Array[],
): void {
  assertTableOrder(blockIds, layout.blocksOffset);
  assertTableOrder(domainIds, layout.domainsOffset);
  // SEG-TAB-3: in ascending order it can only be the first.
  if (domainIds[0]?.every((byte) => byte === 0) !== true) return;
  const text = `the zero DomainID stands at offset ${layout.domainsOffset}`;
  throw segError('SEG.TABLE.ZERO', text, { offset: layout.domainsOffset });
}

function assertTableOrder(ids: readonly Uint8Array[], tableOffset: number): void {
  // SEG-TAB-1
  for (let index = 1; index < ids.length; index++) {
    const id = ids[index] as Uint8Array;
    if (compareBytes(ids[index - 1] as Uint8Array, id) < 0) continue;
    const offset = tableOffset + TABLE_ENTRY_LENGTH * index;
    const text = `the table entry at offset ${offset} is not greater than the one before`;
    throw segError('SEG.TABLE.ORDER', text, { offset, got: formatHex(id) });
  }
}

function assertSuccessor(
  layout: SegmentLayout,
  previous: RecordFields | undefined,
  fields: RecordFields,
): void {
  if (previous === undefined) return;
  // SEG-REC-1
  if (compareBytes(previous.digest, fields.digest) >= 0) {
    const text = 'the digest is not greater than the one before';
    throw recordError('SEG.ORDER', layout, fields, 0, text, { got: formatHex(fields.digest) });
  }
  // SEG-REC-2: with the record before it each agrees, so all do.
  if ((previous.logseq === 0n) !== (fields.logseq === 0n)) {
    const text = `logseq is ${fields.logseq}, that of the record before ${previous.logseq}`;
    throw recordError('SEG.LOGSEQ', layout, fields, 32, text, { got: fields.logseq.toString() });
  }
}

function assertFirstExtent(layout: SegmentLayout, sums: Sums, fields: RecordFields): void {
  // SEG-REC-10
  if (fields.flags !== FLAG_EXTENTS || fields.block === sums.extentCount) return;
  const text = `the first extent is ${fields.block}, ${sums.extentCount} come before`;
  throw recordError('SEG.RECORD.EXTENTS', layout, fields, 40, text, {
    expected: sums.extentCount,
    got: fields.block,
  });
}

function addRecord(layout: SegmentLayout, sums: Sums, fields: RecordFields, record: IndexRecord): void {
  sums.named.add(record.domain).add(record.source);
  for (const { blockId } of record.location) sums.named.add(blockId);
  if (fields.flags === FLAG_EXTENTS) sums.extentCount += fields.offset;
  const bucket = bucketOf(fields.digest, 0, layout.commonBits, layout.bucketBits);
  sums.bucketSizes[bucket] = (sums.bucketSizes[bucket] as number) + 1;
  if (sums.filter.length > 0) enterDigest(sums.filter, fields.digest, 0);
}

function assertNoExtentsLeft(layout: SegmentLayout, sums: Sums): void {
  // SEG-EXT-1
  if (sums.extentCount === layout.extentCount) return;
  const text = `${layout.extentCount - sums.extentCount} extents belong to no record`;
  throw segError('SEG.RECORD.EXTENTS', text, {
    offset: layout.extentsOffset + EXTENT_LENGTH * sums.extentCount,
    expected: sums.extentCount,
    got: layout.extentCount,
  });
}

function assertTableNamed(
  ids: readonly Uint8Array[],
  named: ReadonlySet<Uint8Array>,
  tableOffset: number,
): void {
  // SEG-TAB-2
  const index = ids.findIndex((id) => !named.has(id));
  if (index < 0) return;
  const offset = tableOffset + TABLE_ENTRY_LENGTH * index;
  throw segError('SEG.TABLE.UNUSED', `nothing names the table entry at offset ${offset}`, { offset });
}

function assertRangeEnd(field: string, offset: number, got: Uint8Array, expected: Uint8Array): void {
  if (compareBytes(got, expected) === 0) return;
  const details = { offset, expected: formatHex(expected), got: formatHex(got) };
  throw segError('SEG.RANGE', `${field} at offset ${offset} is not that of the record`, details);
}

/** Holds a section of u32 words against what the records make of it. */
function* assertWords(
  segment: OpenSegment,
  sectionOffset: number,
  words: Uint32Array,
  code: 'SEG.FANOUT' | 'SEG.BLOOM',
): Reading<void> {
  for (let from = 0; from < words.length; from += WORDS_AT_ONCE) {
    const to = Math.min(words.length, from + WORDS_AT_ONCE);
    const bytes = yield* readRange(segment, sectionOffset + 4 * from, 4 * (to - from));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = from; index < to; index++) {
      const got = view.getUint32(4 * (index - from), true);
      // SEG-FAN-2, SEG-BLM-2
      if (got === words[index]) continue;
      const offset = sectionOffset + 4 * index;
      const details = { offset, expected: words[index] as number, got };
      throw segError(
        code,
        `the word at offset ${offset} is ${got}, the records make it ${words[index]}`,
        details,
      );
    }
  }
}
