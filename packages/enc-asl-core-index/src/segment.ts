import { type Bytes, copyBytes, type Hasher, sha256Hasher } from '@amduat/asl-core';
import { segError } from './errors.js';
import { readLayout, type SegmentLayout } from './layout.js';
import { PAGE_LENGTH, TABLE_ENTRY_LENGTH } from './limits.js';
import { assertPages, assertSegmentId, segmentIdOfPages } from './pages.js';
import type { Reading, ReadRequest } from './requests.js';

const LOAD_LENGTH = 2 ** 20;

/**
 * A segment whose header was read. The parts that are not resident are read when they are needed; which ones are
 * never changes an answer. A value: loading a part gives another one.
 */
export interface OpenSegment {
  readonly layout: SegmentLayout;
  /** Refuses with `SEG.DIGEST` pages that are not the segment's. */
  readonly assertPages: (pages: Uint8Array, firstPage: number) => void;
  readonly fanOut: Uint32Array | undefined;
  readonly filter: Uint32Array | undefined;
  /** The records' octets as words of the platform, to be compared for equality only. */
  readonly records: Int32Array | undefined;
  readonly blockIds: readonly Uint8Array[] | undefined;
  readonly domainIds: readonly Uint8Array[] | undefined;
}

/** A segment that answers lookups without reading. */
export interface ResidentSegment extends OpenSegment {
  readonly fanOut: Uint32Array;
  readonly records: Int32Array;
}

/** What names a segment's file. */
export interface SegmentFile {
  /** Octets of the file. */
  readonly fileLength: number;
  /** 32 octets a page; kept, so nobody writes to them. */
  readonly pageHashes: Uint8Array;
  readonly segmentId: Uint8Array;
  /** A SHA-256; the plain one by default. */
  readonly hasher?: Hasher;
}

/**
 * Opens a segment for lookups and scans by reading its first page.
 *
 * @spec SEG-ID-3, SEG-HDR-1, SEG-FILE-3
 * @param file - its length, page hashes and SegmentID.
 * @returns the segment; the fan-out and the filter are resident already if they stand in the first page.
 * @throws AslError `SEG.DIGEST` when the page hashes are not those of the SegmentID and of that many octets, or the page
 * is not that of its hash; then what `readLayout` throws.
 * @remarks One read.
 */
export function* openSegment(file: SegmentFile): Reading<OpenSegment> {
  const { fileLength, pageHashes, segmentId, hasher = sha256Hasher } = file;
  assertSegmentId(segmentIdOfPages(pageHashes, hasher), segmentId);
  const pageCount = Math.ceil(fileLength / PAGE_LENGTH);
  if (pageHashes.length !== 32 * pageCount) {
    throw segError('SEG.DIGEST', `the file has ${pageCount} pages, the segment ${pageHashes.length / 32}`, {
      expected: pageHashes.length / 32,
      got: pageCount,
    });
  }
  const check = (pages: Uint8Array, firstPage: number) => assertPages(pages, firstPage, pageHashes, hasher);
  const length = Math.min(fileLength, PAGE_LENGTH);
  const page = length === 0 ? new Uint8Array() : yield { offset: 0, length };
  assertWhole(page, { offset: 0, length });
  check(page, 0);
  const segment = coldSegment(readLayout(page, fileLength), check);
  const { layout } = segment;
  if (layout.recordsOffset > PAGE_LENGTH) return segment;
  return {
    ...segment,
    fanOut: words(page.subarray(layout.fanOutOffset, layout.paddingOffset)),
    filter:
      layout.filterBlockCount === 0
        ? undefined
        : words(page.subarray(layout.filterOffset, layout.fanOutOffset)),
  };
}

/** A segment of which nothing but the header is resident. */
export function coldSegment(layout: SegmentLayout, check: OpenSegment['assertPages']): OpenSegment {
  return {
    layout,
    assertPages: check,
    fanOut: undefined,
    filter: undefined,
    records: undefined,
    blockIds: undefined,
    domainIds: undefined,
  };
}

/** Makes the fan-out resident: 1 to 2 octets a record. A lookup then reads once, or not at all. */
export function* loadFanOut(segment: OpenSegment): Reading<OpenSegment & { readonly fanOut: Uint32Array }> {
  const { fanOutOffset, paddingOffset } = segment.layout;
  const fanOut =
    segment.fanOut ?? words(yield* readSection(segment, fanOutOffset, paddingOffset - fanOutOffset));
  return { ...segment, fanOut };
}

/** Makes the filter resident, if there is one: 1⅓ octets a record. It spares most reads for absent keys. */
export function* loadFilter(segment: OpenSegment): Reading<OpenSegment> {
  const { filterOffset, fanOutOffset, filterBlockCount } = segment.layout;
  if (segment.filter !== undefined || filterBlockCount === 0) return segment;
  return {
    ...segment,
    filter: words(yield* readSection(segment, filterOffset, fanOutOffset - filterOffset)),
  };
}

/** Makes the block table and the domain table resident, so that a record is located without reading. */
export function* loadTables(segment: OpenSegment): Reading<OpenSegment> {
  const { blocksOffset, domainsOffset, footerOffset } = segment.layout;
  if (segment.blockIds !== undefined && segment.domainIds !== undefined) return segment;
  const blockIds = entries(yield* readSection(segment, blocksOffset, domainsOffset - blocksOffset));
  const domainIds = entries(yield* readSection(segment, domainsOffset, footerOffset - domainsOffset));
  return { ...segment, blockIds, domainIds };
}

/** Makes the fan-out and the records resident: 66 octets a record. Every page is verified once, here. */
export function* loadRecords(segment: OpenSegment): Reading<ResidentSegment> {
  const { recordsOffset, extentsOffset } = segment.layout;
  const withFanOut = yield* loadFanOut(segment);
  const records =
    segment.records ??
    new Int32Array((yield* readSection(segment, recordsOffset, extentsOffset - recordsOffset)).buffer);
  return { ...withFanOut, records };
}

/**
 * Reads and verifies the pages that hold `length` octets from `offset` on, in one request, or none for no octets.
 *
 * @spec SEG-ID-3
 * @returns those octets; a view that holds until the next request.
 */
export function* readRange(segment: OpenSegment, offset: number, length: number): Reading<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const firstPage = Math.floor(offset / PAGE_LENGTH);
  const start = firstPage * PAGE_LENGTH;
  const end = Math.min(PAGE_LENGTH * Math.ceil((offset + length) / PAGE_LENGTH), segment.layout.fileLength);
  const request = { offset: start, length: end - start };
  const pages = yield request;
  assertWhole(pages, request);
  // SEG-ID-3: nothing of a page is looked at before the page was verified.
  segment.assertPages(pages, firstPage);
  return pages.subarray(offset - start, offset - start + length);
}

/** Reads octets that are to stay, in pieces, so that a source never has to give more than 1 MiB at once. */
function* readSection(segment: OpenSegment, offset: number, length: number): Reading<Bytes> {
  const section = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const end = Math.min(length, LOAD_LENGTH * (Math.floor((offset + at) / LOAD_LENGTH) + 1) - offset);
    section.set(yield* readRange(segment, offset + at, end - at), at);
    at = end;
  }
  return section;
}

function assertWhole(pages: Uint8Array, { offset, length }: ReadRequest): void {
  if (pages.length === length) return;
  throw segError('SEG.DIGEST', `${length} octets were asked for at offset ${offset}, ${pages.length} came`, {
    offset,
    expected: length,
    got: pages.length,
  });
}

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = new Uint32Array(bytes.length / 4);
  for (let index = 0; index < read.length; index++) read[index] = view.getUint32(4 * index, true);
  return read;
}

function entries(table: Bytes): Uint8Array[] {
  const ids: Uint8Array[] = [];
  for (let offset = 0; offset < table.length; offset += TABLE_ENTRY_LENGTH) {
    ids.push(copyBytes(table.subarray(offset, offset + TABLE_ENTRY_LENGTH)));
  }
  return ids;
}
