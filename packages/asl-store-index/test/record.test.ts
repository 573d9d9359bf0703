import { formatReference } from '@amduat/asl-core';
import {
  assertPut,
  assertRemoval,
  describesSame,
  type IndexRecord,
  recordLength,
  sortRecords,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aKey, KEYS } from './arbitraries.js';

const key = KEYS[0] as (typeof KEYS)[0];
const blockId = new Uint8Array(32).fill(5);
const record: IndexRecord = {
  key,
  tombstone: false,
  location: [
    { blockId, offset: 4, length: 0xffff_ffff },
    { blockId, offset: 0, length: 2 },
  ],
  typeTag: 0,
  visibility: 'internal',
  domain: ZERO_DOMAIN,
  source: ZERO_DOMAIN,
  logseq: 0n,
};

describe('[IDX-REC-3] the length of a record', () => {
  it('is the sum of its extents, beyond 2^32 too', () => {
    expect(recordLength(record)).toBe(0x1_0000_0001n);
    expect(recordLength({ location: [] })).toBe(0n);
  });
});

describe('[IDX-REC-2] the records of a segment', () => {
  it('are put in the order of their keys, or refused when a key comes twice', () => {
    fc.assert(
      fc.property(fc.array(aKey), (keys) => {
        const distinct = new Set(keys.map(formatReference)).size === keys.length;
        const records = keys.map((each) => ({ key: each }));
        if (distinct) {
          const sorted = sortRecords(records).map((each) => KEYS.indexOf(each.key));
          // KEYS is not in order: by hash function, then 00…, 00…01, 00…10, 80….
          expect(sorted).toEqual([...sorted].sort((left, right) => left - right));
          expect(sorted.length).toBe(keys.length);
        } else expect(() => sortRecords(records)).toThrow(/^IDX\.DUPLICATE/);
      }),
    );
  });
});

describe('[STX-OPEN-2] a put', () => {
  it('is refused for an inadmissible key and for no other', () => {
    expect(() => assertPut(key, 'inadmissible')).toThrow(/^STORE\.INADMISSIBLE/);
    for (const verdict of ['absent', 'internal', 'published'] as const) assertPut(key, verdict);
  });
});

describe('[STX-OPEN-4] a removal', () => {
  it('is refused for a published key, record or not', () => {
    expect(() => assertRemoval(key, 'published', true)).toThrow(/^STORE\.PUBLISHED/);
    expect(() => assertRemoval(key, 'published', false)).toThrow(/^STORE\.PUBLISHED/);
  });

  it('is refused for a key without a record, and for no other', () => {
    for (const verdict of ['inadmissible', 'absent', 'internal'] as const) {
      expect(() => assertRemoval(key, verdict, false)).toThrow(/^STORE\.ABSENT/);
      assertRemoval(key, verdict, true);
    }
  });
});

describe('[STX-OPEN-3] two records that describe the same artifact', () => {
  it('may lie elsewhere and have another logseq', () => {
    const elsewhere = [
      { blockId: ZERO_DOMAIN, offset: 9, length: 1 },
      ...record.location.slice(0, 1),
      { blockId, offset: 7, length: 1 },
    ];
    expect(describesSame(record, { ...record, location: elsewhere, logseq: 8n })).toBe(true);
  });

  const { typeTag, ...untagged } = record;
  const other = new Uint8Array(32).fill(1);
  it.each<[string, IndexRecord]>([
    ['type tag', { ...record, typeTag: 1 }],
    ['no type tag', untagged],
    ['length', { ...record, location: record.location.slice(1) }],
    ['visibility', { ...record, visibility: 'published' }],
    ['domain', { ...record, domain: other }],
    ['source', { ...record, source: other }],
    ['tombstone', { ...record, tombstone: true }],
  ])('have equal members: %s', (_, different) => {
    expect(describesSame(record, different)).toBe(false);
    expect(describesSame(different, record)).toBe(false);
  });
});
