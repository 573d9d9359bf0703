import { compareBytes, copyBytes, DIGEST_LENGTH, formatHex, type HashId, isHashId } from '@amduat/asl-core';
import { FILTER_BLOCK_LENGTH, filterBlockCount } from './bloom.js';
import { segError } from './errors.js';
import { bucketBitCount, commonBitCount } from './fanout.js';
import {
  DOMAIN_COUNT_MAX,
  EXTENT_COUNT_MAX,
  EXTENT_LENGTH,
  FOOTER_LENGTH,
  HEADER_LENGTH,
  PAGE_LENGTH,
  RECORD_COUNT_MAX,
  RECORD_LENGTH,
  TABLE_ENTRY_LENGTH,
} from './limits.js';

/** What a header says of its records; the place of every section follows from it. */
export interface SegmentHeader {
  readonly hashId: HashId;
  readonly recordCount: number;
  readonly extentCount: number;
  readonly blockCount: number;
  readonly domainCount: number;
  readonly firstDigest: Uint8Array;
  readonly lastDigest: Uint8Array;
}

/** A header and the octet offset of every section. */
export interface SegmentLayout extends SegmentHeader {
  /** Leading bits that all digests share. */
  readonly commonBits: number;
  /** Bits that choose a bucket. */
  readonly bucketBits: number;
  readonly filterOffset: number;
  /** Blocks of the filter; 0 if there is no filter. */
  readonly filterBlockCount: number;
  readonly fanOutOffset: number;
  /** Entries of the fan-out, one more than there are buckets. */
  readonly fanOutCount: number;
  readonly paddingOffset: number;
  readonly recordsOffset: number;
  readonly extentsOffset: number;
  readonly blocksOffset: number;
  readonly domainsOffset: number;
  readonly footerOffset: number;
  readonly fileLength: number;
}

const MAGIC = 'ASLSEG01';
const VERSION = 1;
/** Offset and length of the reserved parts of the header. */
const RESERVED: readonly (readonly [number, number])[] = [
  [26, 2],
  [44, 4],
  [112, 16],
];

/** The place of every section of a segment. */
export function layoutOf(header: SegmentHeader): SegmentLayout {
  const bucketBits = bucketBitCount(header.recordCount);
  const blockCount = filterBlockCount(header.recordCount);
  const fanOutCount = 2 ** bucketBits + 1;
  // SEG-FILE-1
  const filterOffset = HEADER_LENGTH;
  const fanOutOffset = filterOffset + FILTER_BLOCK_LENGTH * blockCount;
  const paddingOffset = fanOutOffset + 4 * fanOutCount;
  const recordsOffset = PAGE_LENGTH * Math.ceil(paddingOffset / PAGE_LENGTH);
  const extentsOffset = recordsOffset + RECORD_LENGTH * header.recordCount;
  const blocksOffset = extentsOffset + EXTENT_LENGTH * header.extentCount;
  const domainsOffset = blocksOffset + TABLE_ENTRY_LENGTH * header.blockCount;
  const footerOffset = domainsOffset + TABLE_ENTRY_LENGTH * header.domainCount;
  return {
    ...header,
    commonBits: commonBitCount(header.firstDigest, header.lastDigest),
    bucketBits,
    filterOffset,
    filterBlockCount: blockCount,
    fanOutOffset,
    fanOutCount,
    paddingOffset,
    recordsOffset,
    extentsOffset,
    blocksOffset,
    domainsOffset,
    footerOffset,
    fileLength: footerOffset + FOOTER_LENGTH,
  };
}

/** Writes the header of a segment into the first 128 octets of `view`. */
export function writeHeader(view: DataView, header: SegmentHeader): void {
  for (let index = 0; index < MAGIC.length; index++) view.setUint8(index, MAGIC.charCodeAt(index));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, HEADER_LENGTH, true);
  view.setUint16(24, header.hashId, true);
  view.setUint32(28, header.recordCount, true);
  view.setUint32(32, header.extentCount, true);
  view.setUint32(36, header.blockCount, true);
  view.setUint32(40, header.domainCount, true);
  for (let index = 0; index < 32; index++) {
    view.setUint8(48 + index, header.firstDigest[index] as number);
    view.setUint8(80 + index, header.lastDigest[index] as number);
  }
}

/**
 * Reads the header of a segment as a lookup does, and holds the length of the file against it.
 *
 * @spec SEG-HDR-1, SEG-HDR-2, SEG-HDR-3, SEG-HDR-4, SEG-HDR-5, SEG-HDR-6, SEG-HDR-7, SEG-HDR-8, SEG-HDR-9, SEG-FILE-3
 * @param headerPage - the file's first page, or more of it; borrowed.
 * @param fileLength - octets of the whole file.
 * @returns the place of every section; owned.
 * @throws AslError `SEG.TRUNCATED`, `SEG.MAGIC`, `SEG.VERSION`, `SEG.HEADER_SIZE`, `SEG.FLAGS`, `SEG.HASH_ID`,
 * `SEG.RESERVED`, `SEG.COUNT`, `SEG.RANGE` or `SEG.LENGTH`, in this order of checks.
 * @remarks Pure; constant time and memory.
 */
export function readLayout(headerPage: Uint8Array, fileLength: number): SegmentLayout {
  const layout = readHeader(headerPage);
  assertHeaderRange(layout);
  assertFileLength(layout, fileLength);
  return layout;
}

/** Refuses a file that is not as long as its counts say. */
export function assertFileLength(layout: SegmentLayout, fileLength: number): void {
  // SEG-FILE-3, SEG-LIM-1: nothing was reserved so far, and what is reserved from here on is in the file.
  if (layout.fileLength === fileLength) return;
  throw segError('SEG.LENGTH', `the file has ${fileLength} octets, its counts ask for ${layout.fileLength}`, {
    offset: Math.min(fileLength, layout.fileLength),
    expected: layout.fileLength,
    got: fileLength,
  });
}

/** Refuses digests in the header between which no bucket can be chosen, before a key is held against them. */
function assertHeaderRange({ firstDigest, lastDigest, commonBits, bucketBits }: SegmentLayout): void {
  // SEG-HDR-9
  if (compareBytes(firstDigest, lastDigest) <= 0 && commonBits + bucketBits <= 8 * DIGEST_LENGTH) return;
  const text = `first_digest and last_digest leave no range for ${2 ** bucketBits} buckets`;
  throw segError('SEG.RANGE', text, {
    offset: 48,
    expected: formatHex(lastDigest),
    got: formatHex(firstDigest),
  });
}

/** Reads the fields of the header, all but the two digests checked for themselves. */
export function readHeader(bytes: Uint8Array): SegmentLayout {
  // SEG-HDR-1
  if (bytes.length < HEADER_LENGTH) {
    throw segError('SEG.TRUNCATED', `a header has ${HEADER_LENGTH} octets, got ${bytes.length}`, {
      offset: bytes.length,
      expected: HEADER_LENGTH,
      got: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH);
  assertForm(bytes, view);
  const hashId = view.getUint16(24, true);
  // SEG-HDR-6
  if (!isHashId(hashId)) {
    throw segError('SEG.HASH_ID', `hash_id ${hashId} at offset 24 is not registered`, {
      offset: 24,
      got: hashId,
    });
  }
  assertReserved(bytes);
  const recordCount = view.getUint32(28, true);
  const extentCount = view.getUint32(32, true);
  const blockCount = view.getUint32(36, true);
  const domainCount = view.getUint32(40, true);
  // SEG-HDR-8
  assertCount('record_count', 28, recordCount, 1, RECORD_COUNT_MAX);
  assertCount('extent_count', 32, extentCount, 0, EXTENT_COUNT_MAX);
  assertCount('block_count', 36, blockCount, 0, recordCount + extentCount);
  assertCount('domain_count', 40, domainCount, 0, Math.min(DOMAIN_COUNT_MAX, 2 * recordCount));
  const firstDigest = copyBytes(bytes.subarray(48, 80));
  const lastDigest = copyBytes(bytes.subarray(80, 112));
  return layoutOf({ hashId, recordCount, extentCount, blockCount, domainCount, firstDigest, lastDigest });
}

function assertForm(bytes: Uint8Array, view: DataView): void {
  // SEG-HDR-2
  for (let index = 0; index < MAGIC.length; index++) {
    if (bytes[index] === MAGIC.charCodeAt(index)) continue;
    throw segError('SEG.MAGIC', `not an index segment: octet ${index} is not that of ${MAGIC}`, {
      offset: index,
      expected: MAGIC.charCodeAt(index),
      got: bytes[index] as number,
    });
  }
  const version = view.getUint32(8, true);
  // SEG-HDR-3
  if (version !== VERSION) {
    throw segError('SEG.VERSION', `version ${version} at offset 8 is not supported`, {
      offset: 8,
      expected: VERSION,
      got: version,
    });
  }
  const size = view.getUint32(12, true);
  // SEG-HDR-4
  if (size !== HEADER_LENGTH) {
    throw segError('SEG.HEADER_SIZE', `header_size is ${size} at offset 12`, {
      offset: 12,
      expected: HEADER_LENGTH,
      got: size,
    });
  }
  // SEG-HDR-5
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    const got = formatHex(bytes.subarray(16, 24));
    throw segError('SEG.FLAGS', `flags at offset 16 are ${got}, none is known`, {
      offset: 16,
      expected: 0,
      got,
    });
  }
}

function assertReserved(bytes: Uint8Array): void {
  // SEG-HDR-7
  for (const [start, length] of RESERVED) {
    for (let offset = start; offset < start + length; offset++) {
      if (bytes[offset] === 0) continue;
      const got = bytes[offset] as number;
      throw segError('SEG.RESERVED', `the reserved octet at offset ${offset} is ${got}`, {
        offset,
        expected: 0,
        got,
      });
    }
  }
}

function assertCount(field: string, offset: number, got: number, least: number, most: number): void {
  if (got >= least && got <= most) return;
  throw segError('SEG.COUNT', `${field} at offset ${offset} is ${got}, not ${least} to ${most}`, {
    offset,
    expected: [least, most],
    got,
  });
}
