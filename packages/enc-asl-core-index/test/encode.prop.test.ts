import { EMPTY_BLOCK_ID } from '@amduat/asl-core';
import { type IndexRecord, ZERO_DOMAIN } from '@amduat/asl-store-index';
import { decodeSegment, encodeSegment, segmentIdOf } from '@amduat/enc-asl-core-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHasher } from './platform-hasher.js';
import { buildSegment, type RawExtent, type RawRecord } from './raw-segment.js';
import { plain, plainSorted, type SampleOptions, sampleRecords, shuffled } from './sample.js';

const samples: fc.Arbitrary<SampleOptions> = fc.record({
  seed: fc.integer(),
  count: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 })),
  clusterBits: fc.constantFrom(0, 1, 7, 13, 100, 200),
  merged: fc.boolean(),
  outliers: fc.boolean(),
  hashId: fc.constantFrom(1 as const, 2 as const),
});

describe('[IDX-REC-1] a record', () => {
  it('keeps all its fields through encoding and decoding', () => {
    fc.assert(
      fc.property(samples, (options) => {
        const records = sampleRecords(options);
        const { bytes, segmentId } = encodeSegment(records, platformHasher);
        const decoded = decodeSegment(bytes, { segmentId, hasher: platformHasher });
        expect(decoded.map(plain)).toEqual(plainSorted(records));
      }),
    );
  });

  it('keeps the extremes of its numbers', () => {
    const digest = (octet: number) => ({ hashId: 1, digest: new Uint8Array(32).fill(octet) }) as const;
    const block = new Uint8Array(32).fill(0xff);
    const shared = { tombstone: false, visibility: 'published', domain: block, source: block } as const;
    const logseq = 0xffff_ffff_ffff_ffffn;
    const extents = [
      { blockId: block, offset: 0, length: 0xffff_ffff },
      { blockId: block, offset: 0xffff_fffe, length: 1 },
    ];
    const records: IndexRecord[] = [
      { ...shared, key: digest(0), location: extents, typeTag: 0xffff_ffff, logseq },
      { ...shared, key: digest(0xff), location: extents.slice(0, 1), typeTag: 0, logseq },
    ];
    expect(decodeSegment(encodeSegment(records).bytes).map(plain)).toEqual(records.map(plain));
  });
});

describe('[SEG-FILE-4] equal sets of records', () => {
  it('give one file, whatever their order and whatever holds their octets', () => {
    fc.assert(
      fc.property(samples, fc.integer(), (options, seed) => {
        const records = sampleRecords(options);
        const copies = shuffled(records, seed).map((record) => ({
          ...record,
          key: { ...record.key, digest: Buffer.from(record.key.digest) },
          domain: Buffer.from(record.domain),
          location: record.location.map((extent) => ({ ...extent, blockId: Buffer.from(extent.blockId) })),
        }));
        const one = encodeSegment(records, platformHasher);
        const other = encodeSegment(copies, platformHasher);
        expect(Buffer.compare(one.bytes, other.bytes)).toBe(0);
        expect(one.segmentId).toEqual(other.segmentId);
      }),
    );
  });

  it('give the file again that they were decoded from', () => {
    fc.assert(
      fc.property(samples, (options) => {
        const { bytes } = encodeSegment(sampleRecords(options), platformHasher);
        expect(Buffer.compare(encodeSegment(decodeSegment(bytes), platformHasher).bytes, bytes)).toBe(0);
      }),
    );
  });

  it('do so when digests agree in 29 bits and more', () => {
    const records = sampleRecords({ seed: 3, count: 300, clusterBits: 40 });
    const one = encodeSegment(records, platformHasher);
    for (let seed = 0; seed < 5; seed++) {
      expect(encodeSegment(shuffled(records, seed), platformHasher).segmentId).toEqual(one.segmentId);
    }
  });
});

describe('[SEG-FILE-1] the file', () => {
  it('is the one that a builder without this code makes, section by section', () => {
    fc.assert(
      fc.property(samples, (options) => {
        const records = sampleRecords(options);
        const { bytes } = encodeSegment(records, platformHasher);
        expect(Buffer.compare(buildSegment(rawOf(records)), bytes)).toBe(0);
      }),
    );
  });
});

/** The raw fields of records, made from their meaning alone. */
function rawOf(records: readonly IndexRecord[]) {
  const sorted = [...records].sort((a, b) => Buffer.compare(a.key.digest, b.key.digest));
  const tableOf = (ids: Uint8Array[]) =>
    [...new Set(ids.map((id) => Buffer.from(id).toString('hex')))].sort().map((id) => Buffer.from(id, 'hex'));
  const blocks = tableOf(sorted.flatMap(({ location }) => location.map(({ blockId }) => blockId)));
  const isForeign = (id: Uint8Array) => Buffer.compare(id, ZERO_DOMAIN) !== 0;
  const domains = tableOf(sorted.flatMap(({ domain, source }) => [domain, source]).filter(isForeign));
  const place = (table: Buffer[], id: Uint8Array) => table.findIndex((entry) => entry.equals(id));
  const extents: RawExtent[] = [];
  const raws = sorted.map((record): RawRecord => {
    const slices = record.location.map(({ blockId, offset, length }) => ({
      block: place(blocks, blockId),
      offset,
      length,
    }));
    const first = extents.length;
    if (slices.length > 1) extents.push(...slices);
    return {
      digest: record.key.digest,
      logseq: record.logseq,
      ...(slices.length > 1 ? { block: first, offset: slices.length, flags: 2 } : slices[0]),
      ...(record.tombstone ? { flags: 1 } : {}),
      ...(record.typeTag === undefined ? {} : { typeTag: record.typeTag, hasTypeTag: 1 }),
      visibility: record.visibility === 'published' ? 1 : 0,
      domain: place(domains, record.domain) + 1,
      source: place(domains, record.source) + 1,
    };
  });
  const hashId = (sorted[0] as IndexRecord).key.hashId;
  return { records: raws, extents, blocks, domains, hashId };
}

describe('[SEG-ID-1] the SegmentID', () => {
  it('is the RFC 6962 tree hash of the pages', () => {
    const hash = (...parts: Uint8Array[]): Uint8Array => platformHasher.digest(parts);
    const treeHash = (leaves: Uint8Array[]): Uint8Array => {
      if (leaves.length === 0) return hash();
      if (leaves.length === 1) return hash(Uint8Array.of(0), leaves[0] as Uint8Array);
      let split = 1;
      while (2 * split < leaves.length) split *= 2;
      return hash(Uint8Array.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
    };
    for (let length = 0; length < 20 * 4096; length += 1365) {
      const bytes = new Uint8Array(length).map((_, index) => (index * 31) >> 8);
      const pages = Array.from({ length: Math.ceil(length / 4096) }, (_, page) =>
        bytes.subarray(4096 * page, 4096 * (page + 1)),
      );
      expect(segmentIdOf(bytes)).toEqual(treeHash(pages));
    }
  });
});

describe('encodeSegment refuses', () => {
  const [record] = sampleRecords({ seed: 1, count: 1 }) as [IndexRecord];
  const live = { ...record, tombstone: false, typeTag: 7 };
  const block = new Uint8Array(32).fill(9);

  it.each([
    ['[SEG-SET-1] a set without records', 'SEG.COUNT', []],
    ['[SEG-SET-2] two records with one key', 'SEG.ORDER', [record, { ...record }]],
    [
      '[SEG-SET-2] keys of two hash functions',
      'SEG.HASH_ID',
      [record, { ...record, key: { hashId: 2, digest: record.key.digest } }],
    ],
    [
      '[SEG-SET-4] records with and without a logseq',
      'SEG.LOGSEQ',
      [record, { ...record, key: { hashId: 1, digest: new Uint8Array(32) }, logseq: 1n }],
    ],
    [
      '[SEG-REC-7] a tombstone with a location',
      'SEG.RECORD.TOMBSTONE',
      [{ ...live, tombstone: true, location: [{ blockId: block, offset: 0, length: 1 }] }],
    ],
    [
      '[SEG-REC-7] a tombstone with a tag',
      'SEG.RECORD.TOMBSTONE',
      [{ ...live, tombstone: true, location: [] }],
    ],
    ['[CORE-LOC-1] a record without a location', 'CORE.LOCATION.EMPTY', [{ ...live, location: [] }]],
    [
      '[SEG-REC-8] a slice beyond 2^32 − 1',
      'SEG.RECORD.BLOCK',
      [{ ...live, location: [{ blockId: block, offset: 0xffff_ffff, length: 1 }] }],
    ],
    [
      '[SEG-REC-9] an extent without octets in a block that is not the empty one',
      'SEG.EXTENT.EMPTY',
      [{ ...live, location: [{ blockId: block, offset: 0, length: 0 }] }],
    ],
    [
      '[SEG-REC-9] an extent without octets that does not begin at 0',
      'SEG.EXTENT.EMPTY',
      [{ ...live, location: [{ blockId: EMPTY_BLOCK_ID, offset: 1, length: 0 }] }],
    ],
    [
      '[SEG-EXT-3] an extent without octets among several',
      'SEG.EXTENT.EMPTY',
      [
        {
          ...live,
          location: [
            { blockId: block, offset: 0, length: 1 },
            { blockId: EMPTY_BLOCK_ID, offset: 0, length: 0 },
          ],
        },
      ],
    ],
  ] as [string, string, IndexRecord[]][])('%s with %s', (_, code, records) => {
    expect(() => encodeSegment(records)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['a digest of 31 octets', { ...live, key: { hashId: 1, digest: new Uint8Array(31) } }],
    ['a tag that is not a u32', { ...live, typeTag: -1 }],
    ['a logseq that is not a u64', { ...live, logseq: -1n }],
    ['a visibility of another name', { ...live, visibility: 'public' }],
    ['a BlockID of 31 octets', { ...live, location: [{ blockId: block.subarray(1), offset: 0, length: 1 }] }],
    ['an offset that is not a u32', { ...live, location: [{ blockId: block, offset: 0.5, length: 1 }] }],
  ] as [string, IndexRecord][])('%s with RangeError', (_, wrong) => {
    expect(() => encodeSegment([wrong])).toThrow(RangeError);
  });
});
