import { isAslError } from '@amduat/asl-core';
import { decodeSegment, type EncodedSegment, encodeSegment } from '@amduat/enc-asl-core-index';
import { describe, expect, it } from 'vitest';
import { platformHasher } from './platform-hasher.js';
import { sampleRecords } from './sample.js';

/** All kinds of records, tables and extents, in little more than a page. */
const small = encodeSegment(sampleRecords({ seed: 5, count: 8 }), platformHasher);
/** The same with a filter. */
const filtered = encodeSegment(sampleRecords({ seed: 5, count: 66 }), platformHasher);

/** What becomes of octets that are not those of `original`: a code, or `another segment` of just these octets. */
function outcome(original: EncodedSegment, damaged: Uint8Array, segmentId?: Uint8Array): string {
  try {
    const options = { hasher: platformHasher, ...(segmentId === undefined ? {} : { segmentId }) };
    const again = encodeSegment(decodeSegment(damaged, options), platformHasher);
    if (Buffer.compare(again.bytes, damaged) !== 0) return 'a segment that encodes to other octets';
    const isOther = Buffer.compare(again.segmentId, original.segmentId) !== 0;
    return isOther ? 'another segment' : 'the same segment';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

/** The outcomes there are of a flip of one bit from octet `from` up to, but without, `to`, of one bit in `every`. */
function flipOutcomes(
  original: EncodedSegment,
  { from = 0, to = original.bytes.length, every = 1 },
  segmentId?: Uint8Array,
): string[] {
  const outcomes = new Set<string>();
  const damaged = Buffer.from(original.bytes);
  for (let bit = 8 * from; bit < 8 * to; bit += every) {
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    outcomes.add(outcome(original, damaged, segmentId));
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
  }
  return [...outcomes];
}

describe('[SEG-FILE-3] a segment that was cut short or has a tail', () => {
  it('is refused, wherever it was cut', () => {
    for (const original of [small, filtered]) {
      const outcomes = Array.from(original.bytes, (_, length) =>
        outcome(original, original.bytes.subarray(0, length)),
      );
      expect(new Set(outcomes.slice(0, 128))).toEqual(new Set(['SEG.TRUNCATED']));
      expect(new Set(outcomes.slice(128))).toEqual(new Set(['SEG.LENGTH']));
    }
  });

  it('is refused with octets after it', () => {
    for (const extra of [1, 16, 64, 4096]) {
      expect(outcome(small, Buffer.concat([small.bytes, Buffer.alloc(extra)]))).toBe('SEG.LENGTH');
    }
  });
});

describe('[SEG-ID-2] a segment with one bit flipped', () => {
  const [fromRecords, fromFooter] = [4096, small.bytes.length - 16];

  it('is refused before its records and in its footer, wherever the flip is', () => {
    const outcomes = [
      ...flipOutcomes(small, { to: fromRecords }),
      ...flipOutcomes(small, { from: fromFooter }),
      ...flipOutcomes(filtered, { to: 400 }),
    ];
    expect(outcomes.filter((code) => !code.startsWith('SEG.'))).toEqual([]);
    // Every kind of refusal there is before the records, but for the tables.
    expect(new Set(outcomes)).toEqual(
      new Set([
        'SEG.MAGIC',
        'SEG.VERSION',
        'SEG.HEADER_SIZE',
        'SEG.FLAGS',
        'SEG.HASH_ID',
        'SEG.RESERVED',
        'SEG.COUNT',
        'SEG.RANGE',
        'SEG.LENGTH',
        'SEG.FOOTER',
        'SEG.PADDING',
        'SEG.FANOUT',
        'SEG.BLOOM',
      ]),
    );
  }, 60_000);

  it('is refused or is another segment that encodes to itself, wherever the flip is', () => {
    const outcomes = flipOutcomes(small, { from: fromRecords, to: fromFooter });
    // A slice's length, a BlockID, the low bits of a digest: nothing else in the file depends on them.
    expect(outcomes.filter((code) => !code.startsWith('SEG.'))).toEqual(['another segment']);
    expect(outcomes).toContain('SEG.RECORD.EXTENTS');
    expect(flipOutcomes(filtered, { from: fromRecords, every: 29 })).toContain('SEG.BLOOM');
  }, 60_000);

  it('is refused with its SegmentID, wherever the flip is', () => {
    expect(flipOutcomes(small, { every: 3 }, small.segmentId)).toEqual(['SEG.DIGEST']);
  }, 60_000);
});
