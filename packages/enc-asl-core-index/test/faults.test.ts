import { EMPTY_BLOCK_ID, isAslError } from '@amduat/asl-core';
import { decodeSegment, SEG_ERRORS } from '@amduat/enc-asl-core-index';
import { describe, expect, it } from 'vitest';
import { buildSegment, type RawExtent, type RawRecord, type RawSegment } from './raw-segment.js';

const fill = (octet: number, length = 32) => new Uint8Array(length).fill(octet);
const RECORDS = 4096;
const EXTENTS = RECORDS + 64 * 6;
const BLOCKS = EXTENTS + 16 * 4;
const DOMAINS = BLOCKS + 32 * 3;
const FOOTER = DOMAINS + 32 * 2;
const BLOCK_IDS = [fill(1), fill(2), Uint8Array.from(EMPTY_BLOCK_ID)].sort(Buffer.compare);
const EMPTY_ORDINAL = BLOCK_IDS.findIndex((id) => Buffer.compare(id, EMPTY_BLOCK_ID) === 0);
const [BLOCK_1, BLOCK_2] = [0, 1, 2].filter((ordinal) => ordinal !== EMPTY_ORDINAL) as [number, number];

/** A valid segment with records of every kind; each call makes it afresh, to be spoiled. */
function everyKind(): RawSegment & { records: RawRecord[]; extents: RawExtent[] } {
  return {
    records: [
      { digest: fill(0x10), block: BLOCK_1, offset: 5, length: 7 },
      { digest: fill(0x20), flags: 1, visibility: 1, domain: 1, source: 2 },
      { digest: fill(0x30), flags: 2, block: 0, offset: 2 },
      { digest: fill(0x40), block: EMPTY_ORDINAL, typeTag: 0, hasTypeTag: 1 },
      { digest: fill(0x50), flags: 2, block: 2, offset: 2, typeTag: 9, hasTypeTag: 1 },
      { digest: fill(0x60), block: BLOCK_2, offset: 0xffff_fff0, length: 15, visibility: 1 },
    ],
    extents: [
      { block: BLOCK_1, offset: 0, length: 3 },
      { block: BLOCK_2, offset: 0, length: 4 },
      { block: BLOCK_1, offset: 0xffff_fffe, length: 1 },
      { block: BLOCK_1, offset: 0, length: 0xffff_ffff },
    ],
    blocks: [...BLOCK_IDS],
    domains: [fill(0xd1), fill(0xd2)],
  };
}

/** 70 valid records, so that there is a filter and a fan-out of 33 entries. */
function seventy(): RawSegment {
  const records = Array.from({ length: 70 }, (_, index) => {
    const digest = fill(index, 32).map((octet, at) => (at === 0 ? 3 * index : octet * (at + 1)));
    return { digest, flags: 1 };
  });
  return { records };
}

function spoiled(base: RawSegment, spoil: (raw: ReturnType<typeof everyKind>) => void): Buffer<ArrayBuffer> {
  const raw = base as ReturnType<typeof everyKind>;
  spoil(raw);
  return buildSegment(raw);
}

function refusal(bytes: Uint8Array): { code: string; offset: unknown } {
  try {
    decodeSegment(bytes);
  } catch (error) {
    if (!isAslError(error)) throw error;
    const row = SEG_ERRORS[error.code as keyof typeof SEG_ERRORS];
    expect({ family: error.family, clause: error.clause }).toEqual(row);
    return { code: error.code, offset: error.details.offset };
  }
  return { code: 'accepted', offset: undefined };
}

type Fault = [
  title: string,
  code: string,
  offset: number,
  spoil: (raw: ReturnType<typeof everyKind>) => void,
];

describe('a segment with records of every kind', () => {
  it('decodes before it is spoiled', () => {
    expect(decodeSegment(buildSegment(everyKind()))).toHaveLength(6);
    expect(decodeSegment(buildSegment(seventy()))).toHaveLength(70);
  });

  it.each([
    ['[SEG-HDR-2] another magic', 'SEG.MAGIC', 7, (raw) => (raw.magic = 'ASLSEG02')],
    ['[SEG-HDR-3] version 2', 'SEG.VERSION', 8, (raw) => (raw.version = 2)],
    ['[SEG-HDR-3] version 0', 'SEG.VERSION', 8, (raw) => (raw.version = 0)],
    ['[SEG-HDR-4] a header of 64 octets', 'SEG.HEADER_SIZE', 12, (raw) => (raw.headerSize = 64)],
    ['[SEG-HDR-5] the lowest flag', 'SEG.FLAGS', 16, (raw) => (raw.flags = 1n)],
    ['[SEG-HDR-5] the highest flag', 'SEG.FLAGS', 16, (raw) => (raw.flags = 1n << 63n)],
    ['[SEG-HDR-6] hash_id 0', 'SEG.HASH_ID', 24, (raw) => (raw.hashId = 0)],
    ['[SEG-HDR-6] hash_id 3', 'SEG.HASH_ID', 24, (raw) => (raw.hashId = 3)],
    ['[SEG-HDR-8] no record', 'SEG.COUNT', 28, (raw) => (raw.recordCount = 0)],
    ['[SEG-HDR-8] 2^24 records', 'SEG.COUNT', 28, (raw) => (raw.recordCount = 2 ** 24)],
    ['[SEG-HDR-8] 2^28 + 1 extents', 'SEG.COUNT', 32, (raw) => (raw.extentCount = 2 ** 28 + 1)],
    ['[SEG-HDR-8] more blocks than slices', 'SEG.COUNT', 36, (raw) => (raw.blockCount = 11)],
    ['[SEG-HDR-8] more domains than two a record', 'SEG.COUNT', 40, (raw) => (raw.domainCount = 13)],
    [
      '[SEG-HDR-8] 65,536 domains',
      'SEG.COUNT',
      40,
      (raw) => {
        raw.recordCount = 100_000;
        raw.domainCount = 65_536;
      },
    ],
    ['[SEG-HDR-9] a first digest after the last', 'SEG.RANGE', 48, (raw) => (raw.firstDigest = fill(0x61))],
    [
      '[SEG-HDR-9] a first digest that is too small',
      'SEG.RANGE',
      48,
      (raw) => (raw.firstDigest = fill(0x0f)),
    ],
    ['[SEG-HDR-9] a last digest that is too great', 'SEG.RANGE', 80, (raw) => (raw.lastDigest = fill(0x61))],
    ['[SEG-FILE-3] a record too few', 'SEG.LENGTH', FOOTER + 16 - 64, (raw) => (raw.recordCount = 5)],
    ['[SEG-FILE-3] an extent too many', 'SEG.LENGTH', FOOTER + 16, (raw) => (raw.extentCount = 5)],
    ['[SEG-FTR-1] another length', 'SEG.FOOTER', FOOTER, (raw) => (raw.fileLength = 4096n)],
    [
      '[SEG-FTR-1] a length that differs above 2^53',
      'SEG.FOOTER',
      FOOTER,
      (raw) => {
        raw.fileLength = BigInt(FOOTER + 16) + (1n << 63n);
      },
    ],
    ['[SEG-FTR-1] another magic', 'SEG.FOOTER', FOOTER + 8 + 7, (raw) => (raw.footerMagic = 'ASLSEGNE')],
    ['[SEG-TAB-1] blocks out of order', 'SEG.TABLE.ORDER', BLOCKS + 32, (raw) => raw.blocks?.reverse()],
    [
      '[SEG-TAB-1] a block twice',
      'SEG.TABLE.ORDER',
      BLOCKS + 64,
      (raw) => {
        raw.blocks = [fill(1), fill(2), fill(2)];
      },
    ],
    ['[SEG-TAB-1] domains out of order', 'SEG.TABLE.ORDER', DOMAINS + 32, (raw) => raw.domains?.reverse()],
    [
      '[SEG-TAB-3] the zero domain',
      'SEG.TABLE.ZERO',
      DOMAINS,
      (raw) => (raw.domains = [fill(0), fill(0xd2)]),
    ],
    [
      '[SEG-REC-1] records out of order',
      'SEG.ORDER',
      RECORDS + 2 * 64,
      (raw) => {
        [raw.records[1], raw.records[2]] = [raw.records[2] as RawRecord, raw.records[1] as RawRecord];
      },
    ],
    [
      '[SEG-REC-1] a digest twice',
      'SEG.ORDER',
      RECORDS + 2 * 64,
      (raw) => {
        (raw.records[2] as RawRecord).digest = fill(0x20);
      },
    ],
    [
      '[SEG-REC-1] digests that differ in order in the last octet',
      'SEG.ORDER',
      RECORDS + 64,
      (raw) => {
        (raw.records[0] as RawRecord).digest = fill(0x20).with(31, 0x21);
      },
    ],
    [
      '[SEG-REC-2] one record with a logseq',
      'SEG.LOGSEQ',
      RECORDS + 5 * 64 + 32,
      (raw) => {
        (raw.records[5] as RawRecord).logseq = 1n << 63n;
      },
    ],
    [
      '[SEG-REC-2] one record without a logseq',
      'SEG.LOGSEQ',
      RECORDS + 64 + 32,
      (raw) => {
        (raw.records[0] as RawRecord).logseq = 1n;
      },
    ],
  ] as Fault[])('is refused for %s: %s', (_, code, offset, spoil) => {
    expect(refusal(spoiled(everyKind(), spoil))).toEqual({ code, offset });
  });

  it.each([
    ['[SEG-HDR-7] a reserved octet', 'SEG.RESERVED', 0, 59, { reserved: 1 }],
    ['[SEG-REC-3] flags 3', 'SEG.RECORD.FLAGS', 2, 57, { flags: 3 }],
    ['[SEG-REC-3] flag 128', 'SEG.RECORD.FLAGS', 0, 57, { flags: 128 }],
    ['[SEG-REC-4] has_type_tag 2', 'SEG.RECORD.TAG', 3, 56, { hasTypeTag: 2 }],
    ['[SEG-REC-4] a tag without its flag', 'SEG.RECORD.TAG', 0, 52, { typeTag: 1 }],
    ['[SEG-REC-4] a tombstone with a tag but no flag', 'SEG.RECORD.TAG', 1, 52, { typeTag: 1 }],
    ['[SEG-REC-5] visibility 2', 'SEG.RECORD.VISIBILITY', 1, 58, { visibility: 2 }],
    ['[SEG-REC-6] a domain that is not in the table', 'SEG.RECORD.DOMAIN', 1, 60, { domain: 3 }],
    ['[SEG-REC-6] a source that is not in the table', 'SEG.RECORD.DOMAIN', 0, 62, { source: 0xffff }],
    ['[SEG-REC-7] a tombstone with a block', 'SEG.RECORD.TOMBSTONE', 1, 40, { block: 1 }],
    ['[SEG-REC-7] a tombstone with an offset', 'SEG.RECORD.TOMBSTONE', 1, 44, { offset: 1 }],
    ['[SEG-REC-7] a tombstone with a length', 'SEG.RECORD.TOMBSTONE', 1, 48, { length: 1 }],
    ['[SEG-REC-7] a tombstone with a tag', 'SEG.RECORD.TOMBSTONE', 1, 52, { hasTypeTag: 1, typeTag: 1 }],
    ['[SEG-REC-7] a tombstone with tag 0', 'SEG.RECORD.TOMBSTONE', 1, 56, { hasTypeTag: 1 }],
    ['[SEG-REC-8] a block that is not in the table', 'SEG.RECORD.BLOCK', 0, 40, { block: 3 }],
    ['[SEG-REC-8] a slice beyond 2^32 − 1', 'SEG.RECORD.BLOCK', 5, 44, { length: 16 }],
    ['[SEG-REC-9] no octets in another block', 'SEG.EXTENT.EMPTY', 3, 48, { block: BLOCK_1 }],
    ['[SEG-REC-9] no octets from offset 1', 'SEG.EXTENT.EMPTY', 3, 48, { offset: 1 }],
    ['[SEG-REC-10] several extents and a length', 'SEG.RECORD.EXTENTS', 2, 48, { length: 1 }],
    ['[SEG-REC-10] one extent in the table', 'SEG.RECORD.EXTENTS', 2, 44, { offset: 1 }],
    ['[SEG-REC-10] extents that another record has', 'SEG.RECORD.EXTENTS', 4, 40, { block: 0 }],
    ['[SEG-REC-10] extents that begin late', 'SEG.RECORD.EXTENTS', 2, 40, { block: 1 }],
    ['[SEG-REC-10] extents beyond the last', 'SEG.RECORD.EXTENTS', 4, 40, { offset: 3 }],
    ['[SEG-REC-10] extents far beyond the last', 'SEG.RECORD.EXTENTS', 4, 40, { block: 0xffff_ffff }],
  ] as [string, string, number, number, Partial<RawRecord>][])(
    'is refused for %s: %s',
    (_, code, number, at, fields) => {
      const bytes = spoiled(everyKind(), ({ records }) =>
        Object.assign(records[number] as RawRecord, fields),
      );
      expect(refusal(bytes)).toEqual({ code, offset: RECORDS + 64 * number + at });
    },
  );

  it.each([
    ['[SEG-HDR-7] a reserved word in an extent', 'SEG.RESERVED', 12, { reserved: 1 << 24 }],
    ['[SEG-EXT-2] an extent in a block that is not in the table', 'SEG.RECORD.BLOCK', 0, { block: 3 }],
    ['[SEG-EXT-2] an extent beyond 2^32 − 1', 'SEG.RECORD.BLOCK', 4, { offset: 0xffff_ffff }],
    ['[SEG-EXT-3] an extent without octets', 'SEG.EXTENT.EMPTY', 8, { length: 0 }],
    ['[SEG-EXT-3] the empty extent', 'SEG.EXTENT.EMPTY', 8, { block: EMPTY_ORDINAL, offset: 0, length: 0 }],
  ] as [string, string, number, Partial<RawExtent>][])('is refused for %s: %s', (_, code, at, fields) => {
    const bytes = spoiled(everyKind(), ({ extents }) => Object.assign(extents[1] as RawExtent, fields));
    expect(refusal(bytes)).toEqual({ code, offset: EXTENTS + 16 + at });
  });

  it.each([26, 27, 44, 47, 112, 127])('[SEG-HDR-7] is refused for the reserved octet %i', (offset) => {
    const bytes = buildSegment(everyKind());
    bytes[offset] = 0x80;
    expect(refusal(bytes)).toEqual({ code: 'SEG.RESERVED', offset });
  });

  it.each([140, 2000, 4095])('[SEG-FILE-2] is refused for a padding that has something at %i', (offset) => {
    const bytes = buildSegment(everyKind());
    bytes[offset] = 1;
    expect(refusal(bytes)).toEqual({ code: 'SEG.PADDING', offset });
  });

  it('[SEG-EXT-1] is refused for extents that are left over', () => {
    const bytes = spoiled(everyKind(), ({ extents }) => extents.push({ block: 0, offset: 0, length: 1 }));
    expect(refusal(bytes)).toEqual({ code: 'SEG.RECORD.EXTENTS', offset: EXTENTS + 4 * 16 });
  });

  it('[SEG-TAB-2] is refused for a block and for a domain that nothing names', () => {
    const block = spoiled(everyKind(), ({ blocks }) => blocks?.push(fill(0xff)));
    expect(refusal(block)).toEqual({ code: 'SEG.TABLE.UNUSED', offset: BLOCKS + 3 * 32 });
    const domain = spoiled(everyKind(), ({ domains }) => domains?.push(fill(0xff)));
    expect(refusal(domain)).toEqual({ code: 'SEG.TABLE.UNUSED', offset: DOMAINS + 2 * 32 });
  });

  it('[SEG-FAN-2] is refused for another fan-out', () => {
    for (const [entry, change] of [
      [0, 1],
      [16, 1],
      [16, -1],
      [32, 1],
    ] as const) {
      const bytes = spoiled(seventy(), (raw) => {
        raw.fanOut = (entries) => (entries[entry] = Math.max(0, (entries[entry] as number) + change));
      });
      expect(refusal(bytes)).toEqual({ code: 'SEG.FANOUT', offset: 128 + 3 * 32 + 4 * entry });
    }
  });

  it('[SEG-BLM-2] is refused for a filter with a bit too few or too many', () => {
    for (const word of [0, 9, 23]) {
      const bytes = spoiled(seventy(), (raw) => {
        raw.filter = (words) => (words[word] = ((words[word] as number) ^ 0x8000_0000) >>> 0);
      });
      expect(refusal(bytes).code).toBe('SEG.BLOOM');
    }
  });

  it('[SEG-BLM-1] is refused for a filter below 64 records and without one from there on', () => {
    const few = buildSegment({ records: seventy().records.slice(0, 63) });
    const many = buildSegment({ records: seventy().records.slice(0, 64) });
    expect([decodeSegment(few).length, decodeSegment(many).length]).toEqual([63, 64]);
    // With the fan-out where the filter is due, the words of the fan-out are read in the wrong place.
    const shifted = Buffer.concat([many.subarray(0, 128), many.subarray(128 + 3 * 32)]);
    const padded = Buffer.concat([shifted.subarray(0, 4000), Buffer.alloc(96), shifted.subarray(4000)]);
    expect(refusal(padded).code).toBe('SEG.FANOUT');
  });
});

describe('the order of checks', () => {
  /** Each fault after the first comes later in section 5; the file has this one and all after it. */
  const faults: [string, (raw: ReturnType<typeof everyKind>) => void][] = [
    ['SEG.MAGIC', (raw) => (raw.magic = 'ASLSEG00')],
    ['SEG.VERSION', (raw) => (raw.version = 0)],
    ['SEG.HEADER_SIZE', (raw) => (raw.headerSize = 0)],
    ['SEG.FLAGS', (raw) => (raw.flags = 1n)],
    ['SEG.HASH_ID', (raw) => (raw.hashId = 9)],
    ['SEG.COUNT', (raw) => (raw.domainCount = 99)],
    ['SEG.LENGTH', (raw) => (raw.domainCount = 3)],
    ['SEG.FOOTER', (raw) => (raw.footerMagic = 'ASLSEGXX')],
    ['SEG.TABLE.ORDER', (raw) => (raw.domains = [fill(0xd2), fill(0)])],
    ['SEG.TABLE.ZERO', (raw) => (raw.domains = [fill(0), fill(0xd2)])],
    ['SEG.RECORD.FLAGS', ({ records }) => ((records[0] as RawRecord).flags = 4)],
    ['SEG.RECORD.TAG', ({ records }) => ((records[0] as RawRecord).typeTag = 4)],
    ['SEG.RECORD.VISIBILITY', ({ records }) => ((records[0] as RawRecord).visibility = 4)],
    ['SEG.RESERVED', ({ records }) => ((records[0] as RawRecord).reserved = 1)],
    ['SEG.RECORD.DOMAIN', ({ records }) => ((records[0] as RawRecord).domain = 4)],
    ['SEG.RECORD.BLOCK', ({ records }) => ((records[0] as RawRecord).block = 4)],
    ['SEG.ORDER', ({ records }) => ((records[1] as RawRecord).digest = fill(0x10))],
    ['SEG.LOGSEQ', ({ records }) => ((records[1] as RawRecord).logseq = 1n)],
    ['SEG.RECORD.TOMBSTONE', ({ records }) => ((records[1] as RawRecord).offset = 1)],
    ['SEG.EXTENT.EMPTY', ({ extents }) => ((extents[3] as RawExtent).length = 0)],
    ['SEG.RECORD.EXTENTS', ({ extents }) => extents.push({ block: 0, offset: 0, length: 1 })],
    ['SEG.TABLE.UNUSED', ({ blocks }) => blocks?.push(fill(0xfe))],
    ['SEG.RANGE', (raw) => (raw.lastDigest = fill(0x61))],
    ['SEG.FANOUT', (raw) => (raw.fanOut = (entries) => (entries[0] = 1))],
  ];

  it.each(faults.map(([code], index) => [code, index] as const))(
    'reports %s before what comes later',
    (code, index) => {
      const bytes = spoiled(everyKind(), (raw) => {
        for (const [, spoil] of faults.slice(index).reverse()) spoil(raw);
      });
      expect(refusal(bytes).code).toBe(code);
    },
  );

  it('reports the fan-out before the filter, and the padding after the footer and before the tables', () => {
    const both = spoiled(seventy(), (raw) => {
      raw.fanOut = (entries) => (entries[0] = 1);
      raw.filter = (words) => (words[0] = 0);
    });
    expect(refusal(both).code).toBe('SEG.FANOUT');
    const padding = spoiled(everyKind(), (raw) => (raw.domains = [fill(0), fill(0)]));
    padding[4000] = 1;
    expect(refusal(padding).code).toBe('SEG.PADDING');
    padding.write('X', padding.length - 1, 'latin1');
    expect(refusal(padding).code).toBe('SEG.FOOTER');
  });

  it('[SEG-ID-2] reports bytes that hash to another SegmentID before all else', () => {
    const segmentId = fill(7);
    for (const bytes of [new Uint8Array(), Buffer.from('not a segment'), buildSegment(everyKind())]) {
      expect(() => decodeSegment(bytes, { segmentId })).toThrow(
        expect.objectContaining({ code: 'SEG.DIGEST' }),
      );
    }
  });
});
