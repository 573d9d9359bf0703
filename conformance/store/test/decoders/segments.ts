import { HASH_SHA256 } from '@amduat/asl-core';
import { type IndexRecord, ZERO_DOMAIN } from '@amduat/asl-store-index';
import {
  decodeSegment,
  EXTENT_LENGTH,
  encodeSegment,
  RECORD_LENGTH,
  readLayout,
  type SegmentHeader,
} from '@amduat/enc-asl-core-index';
import { bytesRow, type Fault, latin1, type Row, u16le, u32le, u64le, withBytes } from './row.js';

const id = (octet: number) => new Uint8Array(32).fill(octet);

function recordOf(octet: number, fields: Partial<IndexRecord> = {}): IndexRecord {
  return {
    key: { hashId: HASH_SHA256, digest: id(octet) },
    tombstone: false,
    location: [{ blockId: id(0xb1), offset: octet, length: 5 }],
    visibility: 'internal',
    domain: ZERO_DOMAIN,
    source: ZERO_DOMAIN,
    logseq: 0n,
    ...fields,
  };
}

/** Every kind of record: a plain one, one of several extents, a tagged one of other domains, a tombstone. */
const SMALL = encodeSegment([
  recordOf(0x10),
  recordOf(0x20, {
    location: [
      { blockId: id(0xb2), offset: 0, length: 8 },
      { blockId: id(0xb1), offset: 8, length: 4 },
    ],
  }),
  recordOf(0x30, { typeTag: 7, visibility: 'published', domain: id(0xd1), source: id(0xd2) }),
  recordOf(0x40, { tombstone: true, location: [] }),
]);
const LAYOUT = readLayout(SMALL.bytes, SMALL.bytes.length);
const [PLAIN, SEVERAL, TAGGED, TOMBSTONE] = [0, 1, 2, 3].map(
  (index) => LAYOUT.recordsOffset + RECORD_LENGTH * index,
) as [number, number, number, number];

/** With a filter, and a fan-out of several entries. */
const CROWD = encodeSegment(Array.from({ length: 64 }, (_, index) => recordOf(3 * index)));

const VERSIONS = [0, 2, 0x01000001, 2 ** 32 - 1].map((version) => withBytes(SMALL.bytes, 8, u32le(version)));
const FLAGS = Array.from({ length: 64 }, (_, bit) => withBytes(SMALL.bytes, 16, u64le(1n << BigInt(bit))));
const HASH_IDS = [0, 3, 0x100, 0xffff].map((hashId) => withBytes(SMALL.bytes, 24, u16le(hashId)));
const RESERVED = [26, 27, 44, 47, 112, 127].map((offset) => withBytes(SMALL.bytes, offset, [1]));
const COUNTS = [28, 32, 36, 40].flatMap((offset) =>
  [0, 2 ** 16, 2 ** 24, 2 ** 28, 2 ** 28 + 1, 2 ** 31, 2 ** 32 - 1].map((count) =>
    withBytes(SMALL.bytes, offset, u32le(count)),
  ),
);

const HEADER_FAULTS: Partial<Record<Fault, Uint8Array[]>> = {
  'huge length': [
    ...COUNTS,
    ...[0, 127, 129, 2 ** 32 - 1].map((size) => withBytes(SMALL.bytes, 12, u32le(size))),
  ],
  'unknown version': [...VERSIONS, withBytes(SMALL.bytes, 0, latin1('ASLSEG02'))],
  'unknown flag': [...FLAGS, ...HASH_IDS, ...RESERVED],
};

const headOnly = (faults: typeof HEADER_FAULTS) =>
  Object.fromEntries(
    Object.entries(faults).map(([fault, inputs]) => [fault, inputs.map((input) => input.subarray(0, 128))]),
  );

/** The header alone, held against the length of the file, as a lookup reads it. */
const header = bytesRow({
  decoder: 'segment header',
  clauses: '[SEG-HDR-1] [SEG-HDR-2] [SEG-HDR-3] [SEG-HDR-4] [SEG-HDR-5] [SEG-HDR-8]',
  samples: [SMALL.bytes.slice(0, 128)],
  decode: (bytes): SegmentHeader => readLayout(bytes, SMALL.bytes.length),
  encode: (decoded) => encodeHeader(decoded),
  faults: {
    ...headOnly(HEADER_FAULTS),
    trailing: [],
    'wrong order': [withBytes(withBytes(SMALL.bytes.slice(0, 128), 48, id(0x40)), 80, id(0x10))],
    duplicate: [withBytes(SMALL.bytes.slice(0, 128), 48, id(0x40))],
  },
});

/** As ENC/ASL-CORE-INDEX/1 §3.1 says. */
function encodeHeader(decoded: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(128);
  bytes.write('ASLSEG01', 0, 'latin1');
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(128, 12);
  bytes.writeUInt16LE(decoded.hashId, 24);
  bytes.writeUInt32LE(decoded.recordCount, 28);
  bytes.writeUInt32LE(decoded.extentCount, 32);
  bytes.writeUInt32LE(decoded.blockCount, 36);
  bytes.writeUInt32LE(decoded.domainCount, 40);
  bytes.set(decoded.firstDigest, 48);
  bytes.set(decoded.lastDigest, 80);
  return bytes;
}

const inSmall = (offset: number, bytes: ArrayLike<number>) => withBytes(SMALL.bytes, offset, bytes);
const swapped = (left: number, right: number, length: number) =>
  withBytes(
    inSmall(left, SMALL.bytes.subarray(right, right + length)),
    right,
    SMALL.bytes.subarray(left, left + length),
  );
const copied = (from: number, to: number, length: number) =>
  inSmall(to, SMALL.bytes.subarray(from, from + length));

/** Decoded without a name: nothing but the rules keeps a fault out. */
const unnamed = bytesRow({
  decoder: 'segment, without its name',
  clauses: '[SEG-LIM-1] [SEG-FILE-3] [SEG-REC-1] [SEG-REC-10] [SEG-TAB-1]',
  samples: [SMALL.bytes, CROWD.bytes],
  decode: (bytes) => decodeSegment(bytes),
  encode: (records) => encodeSegment(records).bytes,
  faults: {
    'huge length': [
      ...(HEADER_FAULTS['huge length'] ?? []),
      inSmall(PLAIN + 40, u32le(2 ** 32 - 1)),
      inSmall(PLAIN + 44, u32le(2 ** 32 - 1)),
      inSmall(PLAIN + 48, u32le(2 ** 32 - 1)),
      inSmall(SEVERAL + 40, u32le(2 ** 32 - 1)),
      inSmall(SEVERAL + 44, u32le(2 ** 32 - 1)),
      inSmall(SEVERAL + 44, u32le(3)),
      inSmall(LAYOUT.extentsOffset + 4, u32le(2 ** 32 - 1)),
      inSmall(LAYOUT.extentsOffset + EXTENT_LENGTH + 8, u32le(2 ** 32 - 1)),
      inSmall(LAYOUT.footerOffset, u64le(2n ** 64n - 1n)),
    ],
    'not canonical': [
      inSmall(LAYOUT.recordsOffset - 1, [1]),
      inSmall(LAYOUT.paddingOffset, [1]),
      inSmall(PLAIN + 52, u32le(1)),
      inSmall(PLAIN + 48, u32le(0)),
      inSmall(TOMBSTONE + 48, u32le(5)),
      inSmall(TOMBSTONE + 56, [1]),
      inSmall(SEVERAL + 44, u32le(1)),
      inSmall(SEVERAL + 44, u32le(0)),
      inSmall(SEVERAL + 48, u32le(12)),
      inSmall(SEVERAL + 40, u32le(1)),
      inSmall(LAYOUT.extentsOffset + 8, u32le(0)),
      inSmall(PLAIN + 32, u64le(1n)),
      inSmall(TAGGED + 60, u16le(0)),
      inSmall(LAYOUT.domainsOffset, id(0)),
      inSmall(48, id(0x0f)),
      inSmall(80, id(0x41)),
      inSmall(LAYOUT.fanOutOffset, u32le(1)),
    ],
    'unknown version': [
      ...(HEADER_FAULTS['unknown version'] ?? []),
      inSmall(LAYOUT.footerOffset + 8, latin1('ASLSEGNE')),
    ],
    'unknown flag': [
      ...(HEADER_FAULTS['unknown flag'] ?? []),
      ...Array.from({ length: 253 }, (_, flags) => inSmall(PLAIN + 57, [flags + 3])),
      ...Array.from({ length: 254 }, (_, visibility) => inSmall(PLAIN + 58, [visibility + 2])),
      ...Array.from({ length: 254 }, (_, hasTypeTag) => inSmall(PLAIN + 56, [hasTypeTag + 2])),
      inSmall(PLAIN + 59, [1]),
      inSmall(LAYOUT.extentsOffset + 12, [1]),
      inSmall(PLAIN + 60, u16le(3)),
      inSmall(PLAIN + 62, u16le(0xffff)),
    ],
    'wrong order': [
      swapped(PLAIN, TAGGED, RECORD_LENGTH),
      swapped(TAGGED, TOMBSTONE, RECORD_LENGTH),
      swapped(LAYOUT.blocksOffset, LAYOUT.blocksOffset + 32, 32),
      swapped(LAYOUT.domainsOffset, LAYOUT.domainsOffset + 32, 32),
    ],
    duplicate: [
      copied(PLAIN, SEVERAL, RECORD_LENGTH),
      copied(TAGGED, TOMBSTONE, RECORD_LENGTH),
      copied(PLAIN, SEVERAL, 32),
      copied(LAYOUT.blocksOffset, LAYOUT.blocksOffset + 32, 32),
      copied(LAYOUT.domainsOffset, LAYOUT.domainsOffset + 32, 32),
      copied(SEVERAL, TAGGED, RECORD_LENGTH),
    ],
  },
});

const named = bytesRow({
  decoder: 'segment, by its name',
  clauses: '[SEG-ID-2]',
  samples: [SMALL.bytes],
  decode: (bytes) => decodeSegment(bytes, { segmentId: SMALL.segmentId }),
  encode: (records) => encodeSegment(records).bytes,
  faults: {
    ...HEADER_FAULTS,
    'wrong order': [swapped(LAYOUT.extentsOffset, LAYOUT.extentsOffset + EXTENT_LENGTH, EXTENT_LENGTH)],
    duplicate: [copied(LAYOUT.extentsOffset, LAYOUT.extentsOffset + EXTENT_LENGTH, EXTENT_LENGTH)],
    'not canonical': [inSmall(LAYOUT.paddingOffset, [1])],
  },
});

export const SEGMENT_ROWS: readonly Row[] = [header, unnamed, named];
