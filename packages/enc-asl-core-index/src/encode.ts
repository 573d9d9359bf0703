import {
  assertLocation,
  assertU32,
  assertU64,
  type Bytes,
  DIGEST_LENGTH,
  EMPTY_BLOCK_ID,
  type Extent,
  equalBytes,
  formatReference,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import { type DomainId, type IndexRecord, ZERO_DOMAIN } from '@amduat/asl-store-index';
import { enterDigest, FILTER_BLOCK_LENGTH } from './bloom.js';
import { cutByDigest } from './cut.js';
import { segError } from './errors.js';
import { bucketOf, fanOutOf } from './fanout.js';
import { FLAG_EXTENTS, FLAG_TOMBSTONE } from './fields.js';
import { writeFooter } from './footer.js';
import { layoutOf, type SegmentLayout, writeHeader } from './layout.js';
import {
  DOMAIN_COUNT_MAX,
  EXTENT_COUNT_MAX,
  EXTENT_LENGTH,
  RECORD_COUNT_MAX,
  RECORD_LENGTH,
} from './limits.js';
import { type OrdinalTable, startOrdinals } from './ordinals.js';
import { pageHashesOf, segmentIdOfPages } from './pages.js';
import { sortByDigest } from './sort.js';

/** A segment that was just made. */
export interface EncodedSegment {
  /** The whole file. */
  readonly bytes: Bytes;
  /** 32 octets that name the file. */
  readonly segmentId: Bytes;
  /** 32 octets a page. */
  readonly pageHashes: Bytes;
}

/**
 * Encodes a set of index records as a segment.
 *
 * @spec SEG-FILE-1, SEG-FILE-4, SEG-SET-1, SEG-SET-2, SEG-SET-4, SEG-BLM-1, SEG-FAN-1, IDX-REC-1
 * @param records - 1 to 2^24 − 1, one for a key, in any order; borrowed.
 * @param hasher - a SHA-256.
 * @returns the file, its name and the hashes of its pages; owned.
 * @throws AslError `SEG.COUNT` when there is no record, or more than a segment holds of records, extents or domains.
 * @throws AslError `SEG.ORDER` when two records have one key, `SEG.HASH_ID` when the keys differ in their `hash_id`.
 * @throws AslError `SEG.LOGSEQ`, `SEG.RECORD.TOMBSTONE`, `SEG.RECORD.BLOCK`, `SEG.EXTENT.EMPTY` or
 * `CORE.LOCATION.EMPTY` when a record is not one that a segment can hold.
 * @throws RangeError when a field is not of its width.
 * @remarks Pure; O(n). decodeSegment(encodeSegment(r).bytes) equals r in ascending order.
 */
export function encodeSegment(
  records: readonly IndexRecord[],
  hasher: Hasher = sha256Hasher,
): EncodedSegment {
  // SEG-SET-1, SEG-HDR-8
  assertCount('records', records.length, 1, RECORD_COUNT_MAX);
  for (const record of records) assertRecord(record);
  // SEG-FILE-4: the order in which the records came decides nothing that is written.
  const bytes = writeSegment(sortByDigest(records), startTables(records));
  const pageHashes = pageHashesOf(bytes, hasher);
  return { bytes, segmentId: segmentIdOfPages(pageHashes, hasher), pageHashes };
}

/**
 * Encodes a set of index records as one segment, or as several if it is too large for one.
 *
 * @spec SEG-SET-3, SEG-SET-1, SEG-SET-2
 * @param records - as for {@link encodeSegment}, in any number but none.
 * @param hasher - a SHA-256.
 * @returns the segments, in ascending order of their digests; owned.
 * @throws what {@link encodeSegment} throws.
 */
export function encodeSegments(
  records: readonly IndexRecord[],
  hasher: Hasher = sha256Hasher,
): EncodedSegment[] {
  assertCount('records', records.length, 1, Number.MAX_SAFE_INTEGER);
  return cutByDigest(records, RECORD_COUNT_MAX).map((part) => encodeSegment(part, hasher));
}

function assertCount(what: string, got: number, least: number, most: number): void {
  if (got >= least && got <= most) return;
  throw segError('SEG.COUNT', `a segment has ${least} to ${most} ${what}, got ${got}`, {
    expected: [least, most],
    got,
  });
}

function assertRecord(record: IndexRecord): void {
  const { key, location, typeTag } = record;
  if (key.digest.length !== DIGEST_LENGTH) {
    throw new RangeError(`digest: expected ${DIGEST_LENGTH} octets, got ${key.digest.length}`);
  }
  if (record.visibility !== 'internal' && record.visibility !== 'published') {
    throw new RangeError(`visibility: expected internal or published, got ${record.visibility}`);
  }
  assertU64(record.logseq, 'logseq');
  if (typeTag !== undefined) assertU32(typeTag, 'typeTag');
  if (record.tombstone) {
    // SEG-REC-7
    if (location.length === 0 && typeTag === undefined) return;
    const text = `the tombstone of ${formatReference(key)} has a location or a type tag`;
    throw segError('SEG.RECORD.TOMBSTONE', text, { got: formatReference(key) });
  }
  if (location.length === 0) assertLocation(location, 0n);
  for (const extent of location) assertExtent(record, extent);
}

function assertExtent({ key, location }: IndexRecord, { blockId, offset, length }: Extent): void {
  assertU32(offset, 'offset');
  assertU32(length, 'length');
  // SEG-REC-8, SEG-EXT-2: the sum of two u32 is exact in a number.
  if (offset + length > 0xffff_ffff) {
    const text = `an extent of ${formatReference(key)} ends at ${offset + length}`;
    throw segError('SEG.RECORD.BLOCK', text, { expected: 0xffff_ffff, got: offset + length });
  }
  if (length > 0) return;
  // SEG-REC-9, SEG-EXT-3
  if (location.length === 1 && offset === 0 && equalBytes(blockId, EMPTY_BLOCK_ID)) return;
  const text = `an extent of ${formatReference(key)} has no octets`;
  throw segError('SEG.EXTENT.EMPTY', text, { expected: 1, got: 0 });
}

/** Where the next octets of each section go, and the sums that the other sections are made of. */
interface Draft {
  readonly bytes: Bytes;
  readonly view: DataView;
  readonly layout: SegmentLayout;
  readonly blocks: OrdinalTable;
  readonly domains: OrdinalTable;
  extentCount: number;
}

interface Tables {
  readonly blocks: OrdinalTable;
  readonly domains: OrdinalTable;
  readonly extentCount: number;
}

function startTables(records: readonly IndexRecord[]): Tables {
  const blocks = startOrdinals('blockId');
  const domains = startOrdinals('domain');
  let extentCount = 0;
  for (const { location, domain, source } of records) {
    for (const { blockId } of location) blocks.add(blockId);
    if (!isZero(domain)) domains.add(domain);
    if (!isZero(source)) domains.add(source);
    if (location.length > 1) extentCount += location.length;
  }
  assertCount('ExtentRecords', extentCount, 0, EXTENT_COUNT_MAX);
  assertCount('domains', domains.count, 0, DOMAIN_COUNT_MAX);
  return { blocks, domains, extentCount };
}

function writeSegment(sorted: readonly IndexRecord[], tables: Tables): Bytes {
  const { blocks, domains, extentCount } = tables;
  const first = sorted[0] as IndexRecord;
  const layout = layoutOf({
    hashId: first.key.hashId,
    recordCount: sorted.length,
    extentCount,
    blockCount: blocks.count,
    domainCount: domains.count,
    firstDigest: first.key.digest,
    lastDigest: (sorted.at(-1) as IndexRecord).key.digest,
  });
  const bytes = new Uint8Array(layout.fileLength);
  const draft = { bytes, view: new DataView(bytes.buffer), layout, blocks, domains, extentCount: 0 };
  writeHeader(draft.view, layout);
  bytes.set(blocks.finish(), layout.blocksOffset);
  bytes.set(domains.finish(), layout.domainsOffset);
  writeRecords(draft, sorted);
  writeLookupTables(draft);
  writeFooter(draft.view, layout.fileLength);
  return bytes;
}

function writeRecords(draft: Draft, sorted: readonly IndexRecord[]): void {
  const isMerged = (sorted[0] as IndexRecord).logseq !== 0n;
  let at = draft.layout.recordsOffset;
  for (const record of sorted) {
    // SEG-SET-4, SEG-REC-2
    if ((record.logseq !== 0n) !== isMerged) {
      const text = `${formatReference(record.key)} has logseq ${record.logseq}, unlike the records before it`;
      throw segError('SEG.LOGSEQ', text, { got: record.logseq.toString() });
    }
    writeRecord(draft, at, record);
    at += RECORD_LENGTH;
  }
}

function writeRecord(draft: Draft, at: number, record: IndexRecord): void {
  const { bytes, view, blocks, domains } = draft;
  const { location, typeTag, domain, source } = record;
  const [extent] = location;
  bytes.set(record.key.digest, at);
  view.setBigUint64(at + 32, record.logseq, true);
  if (location.length > 1) {
    // SEG-REC-10
    view.setUint32(at + 40, draft.extentCount, true);
    view.setUint32(at + 44, location.length, true);
    view.setUint8(at + 57, FLAG_EXTENTS);
    writeExtents(draft, location);
  } else if (extent === undefined) {
    view.setUint8(at + 57, FLAG_TOMBSTONE);
  } else {
    view.setUint32(at + 40, blocks.ordinalOf(extent.blockId), true);
    view.setUint32(at + 44, extent.offset, true);
    view.setUint32(at + 48, extent.length, true);
  }
  if (typeTag !== undefined) {
    view.setUint32(at + 52, typeTag, true);
    view.setUint8(at + 56, 1);
  }
  if (record.visibility === 'published') view.setUint8(at + 58, 1);
  if (!isZero(domain)) view.setUint16(at + 60, domains.ordinalOf(domain) + 1, true);
  if (!isZero(source)) view.setUint16(at + 62, domains.ordinalOf(source) + 1, true);
}

function writeExtents(draft: Draft, extents: readonly Extent[]): void {
  const { view, layout, blocks } = draft;
  for (const { blockId, offset, length } of extents) {
    const at = layout.extentsOffset + EXTENT_LENGTH * draft.extentCount;
    view.setUint32(at, blocks.ordinalOf(blockId), true);
    view.setUint32(at + 4, offset, true);
    view.setUint32(at + 8, length, true);
    draft.extentCount++;
  }
}

/** Writes the fan-out and the filter, which follow from the digests. */
function writeLookupTables({ bytes, view, layout }: Draft): void {
  const bucketSizes = new Uint32Array(layout.fanOutCount - 1);
  const filter = new Uint32Array((FILTER_BLOCK_LENGTH / 4) * layout.filterBlockCount);
  for (let at = layout.recordsOffset; at < layout.extentsOffset; at += RECORD_LENGTH) {
    const bucket = bucketOf(bytes, at, layout.commonBits, layout.bucketBits);
    bucketSizes[bucket] = (bucketSizes[bucket] as number) + 1;
    // SEG-BLM-2
    if (filter.length > 0) enterDigest(filter, bytes, at);
  }
  writeWords(view, layout.filterOffset, filter);
  writeWords(view, layout.fanOutOffset, fanOutOf(bucketSizes));
}

function writeWords(view: DataView, offset: number, words: Uint32Array): void {
  for (let index = 0; index < words.length; index++) {
    view.setUint32(offset + 4 * index, words[index] as number, true);
  }
}

function isZero(id: DomainId): boolean {
  if (id === ZERO_DOMAIN) return true;
  for (let index = 0; index < id.length; index++) if (id[index] !== 0) return false;
  return true;
}
