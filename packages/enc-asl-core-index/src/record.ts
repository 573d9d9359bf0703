import { type ArtifactLocation, copyBytes, EMPTY_BLOCK_ID, type Extent, equalBytes } from '@amduat/asl-core';
import { type IndexRecord, ZERO_DOMAIN } from '@amduat/asl-store-index';
import { segError } from './errors.js';
import {
  assertFields,
  assertSlice,
  FLAG_EXTENTS,
  FLAG_TOMBSTONE,
  type RecordFields,
  readFields,
  recordError,
} from './fields.js';
import type { SegmentLayout } from './layout.js';
import { EXTENT_LENGTH, RECORD_LENGTH, TABLE_ENTRY_LENGTH } from './limits.js';
import type { Reading } from './requests.js';
import { type OpenSegment, readRange } from './segment.js';

const EXTENTS_AT_ONCE = 4096;

/** One ExtentRecord: a slice of the block with this ordinal. */
interface ExtentFields {
  readonly block: number;
  readonly offset: number;
  readonly length: number;
}

/** Reads the fields of the records from number `from` up to, but without, `to`: one request. */
export function* readFieldsOf(segment: OpenSegment, from: number, to: number): Reading<RecordFields[]> {
  const { recordsOffset } = segment.layout;
  const bytes = yield* readRange(segment, recordsOffset + RECORD_LENGTH * from, RECORD_LENGTH * (to - from));
  const batch: RecordFields[] = [];
  for (let number = from; number < to; number++) {
    batch.push(readFields(bytes, RECORD_LENGTH * (number - from), number));
  }
  return batch;
}

/**
 * Makes a record of its fields: reads its ExtentRecords and, unless they are resident, the table entries it names.
 *
 * @spec IDX-REC-1, SEG-REC-9, SEG-EXT-2, SEG-EXT-3
 * @param segment - the one the fields were read from.
 * @param fields - borrowed.
 * @returns the record; owned, but for BlockIDs and DomainIDs that are resident.
 * @throws AslError `SEG.DIGEST` when a page is not that of its hash, and the codes of a malformed record.
 * @remarks No read at all for a tombstone of the domain itself, or when the tables are resident and there are no
 * ExtentRecords.
 */
export function* readRecord(segment: OpenSegment, fields: RecordFields): Reading<IndexRecord> {
  const { layout } = segment;
  assertFields(layout, fields);
  const location = yield* readLocationOf(segment, fields);
  assertLocated(layout, fields, location);
  const domain = yield* readDomain(segment, fields.domain);
  const source = yield* readDomain(segment, fields.source);
  const key = { hashId: layout.hashId, digest: fields.digest };
  const tombstone = fields.flags === FLAG_TOMBSTONE;
  const visibility = fields.visibility === 1 ? 'published' : 'internal';
  const record = { key, tombstone, location, visibility, domain, source, logseq: fields.logseq } as const;
  return fields.hasTypeTag === 1 ? { ...record, typeTag: fields.typeTag } : record;
}

function* readLocationOf(segment: OpenSegment, fields: RecordFields): Reading<ArtifactLocation> {
  if (fields.flags === FLAG_TOMBSTONE) return [];
  if (fields.flags !== FLAG_EXTENTS) return [yield* readExtent(segment, fields)];
  const location: Extent[] = [];
  for (const extent of yield* readExtentFields(segment, fields.block, fields.offset)) {
    location.push(yield* readExtent(segment, extent));
  }
  return location;
}

function* readExtent(segment: OpenSegment, { block, offset, length }: ExtentFields): Reading<Extent> {
  const { layout, blockIds } = segment;
  const blockId = blockIds?.[block] ?? (yield* readEntry(segment, layout.blocksOffset, block));
  return { blockId, offset, length };
}

function* readDomain(segment: OpenSegment, ordinal: number): Reading<Uint8Array> {
  if (ordinal === 0) return ZERO_DOMAIN;
  const { layout, domainIds } = segment;
  return domainIds?.[ordinal - 1] ?? (yield* readEntry(segment, layout.domainsOffset, ordinal - 1));
}

function* readEntry(segment: OpenSegment, table: number, ordinal: number): Reading<Uint8Array> {
  return copyBytes(yield* readRange(segment, table + TABLE_ENTRY_LENGTH * ordinal, TABLE_ENTRY_LENGTH));
}

function assertLocated(layout: SegmentLayout, fields: RecordFields, location: ArtifactLocation): void {
  const [extent] = location;
  if (fields.flags !== 0 || fields.length !== 0 || extent === undefined) return;
  // SEG-REC-9
  if (fields.offset === 0 && equalBytes(extent.blockId, EMPTY_BLOCK_ID)) return;
  throw recordError('SEG.EXTENT.EMPTY', layout, fields, 48, 'an extent without octets', {
    expected: 1,
    got: 0,
  });
}

/**
 * Reads ExtentRecords, which lie within the section.
 *
 * @spec SEG-EXT-2, SEG-EXT-3, SEG-HDR-7
 */
function* readExtentFields(segment: OpenSegment, first: number, count: number): Reading<ExtentFields[]> {
  const { layout } = segment;
  const extents: ExtentFields[] = [];
  for (let from = first; from < first + count; from += EXTENTS_AT_ONCE) {
    const to = Math.min(first + count, from + EXTENTS_AT_ONCE);
    const start = layout.extentsOffset + EXTENT_LENGTH * from;
    const bytes = yield* readRange(segment, start, EXTENT_LENGTH * (to - from));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += EXTENT_LENGTH)
      extents.push(extentAt(layout, view, at, start + at));
  }
  return extents;
}

function extentAt(layout: SegmentLayout, view: DataView, at: number, fileOffset: number): ExtentFields {
  const block = view.getUint32(at, true);
  const offset = view.getUint32(at + 4, true);
  const length = view.getUint32(at + 8, true);
  const reserved = view.getUint32(at + 12, true);
  // SEG-EXT-2
  assertSlice(layout, block, offset, length, fileOffset);
  // SEG-EXT-3
  if (length === 0) {
    const text = `the extent at offset ${fileOffset} has no octets`;
    throw segError('SEG.EXTENT.EMPTY', text, { offset: fileOffset + 8, expected: 1, got: 0 });
  }
  // SEG-HDR-7
  if (reserved !== 0) {
    const text = `the reserved word of the extent at offset ${fileOffset} is ${reserved}`;
    throw segError('SEG.RESERVED', text, { offset: fileOffset + 12, expected: 0, got: reserved });
  }
  return { block, offset, length };
}
