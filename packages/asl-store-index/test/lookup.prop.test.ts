import { equalReferences, type Reference } from '@amduat/asl-core';
import {
  type Candidate,
  ContentIndexModel,
  decidingCandidate,
  visibleCandidate,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEYS } from './arbitraries.js';

interface Found extends Candidate {
  readonly key: Reference;
  readonly tombstone: boolean;
  readonly label: string;
}

type Segment = readonly { key: Reference; tombstone: boolean; label: string }[];

/** A pool of segments, each with some of the keys, and the log: which of the pool each record seals, if any. */
const histories = fc
  .array(
    fc.uniqueArray(
      fc.record({ key: fc.constantFrom(...KEYS.slice(0, 4)), tombstone: fc.boolean(), label: fc.string() }),
      { minLength: 1, selector: ({ key }) => KEYS.indexOf(key) },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((pool: Segment[]) =>
    fc.record({
      pool: fc.constant(pool),
      seals: fc.array(fc.option(fc.nat({ max: pool.length - 1 }), { freq: 5 }), { maxLength: 8 }),
    }),
  );

/** Every record of a history as a lookup finds it. */
function candidatesOf(pool: readonly Segment[], seals: readonly (number | null)[]): Found[] {
  return seals.flatMap((number, index) => {
    if (number === null) return [];
    const seal = { sealLogseq: BigInt(index + 1), logseq: 0n, segmentId: Uint8Array.of(number) };
    return (pool[number] as Segment).map((record) => ({ ...seal, ...record }));
  });
}

const ofKey = (candidates: readonly Found[], key: Reference) =>
  candidates.filter((candidate) => equalReferences(candidate.key, key));

/** The model's position after each log position. */
function play(
  model: ContentIndexModel<string>,
  pool: readonly Segment[],
  seals: readonly (number | null)[],
): bigint[] {
  const positions = [model.currentLogPosition];
  for (const number of seals) {
    for (const { key, tombstone, label } of number === null ? [] : (pool[number] as Segment)) {
      if (tombstone) model.tombstone(key);
      else model.put(key, label);
    }
    positions.push(model.currentLogPosition);
  }
  return positions;
}

describe('[STX-MOD-1] lookup', () => {
  it('answers as the content index does at every position of every history', () => {
    fc.assert(
      fc.property(histories, ({ pool, seals }) => {
        const model = new ContentIndexModel<string>();
        const positions = play(model, pool, seals);
        const candidates = candidatesOf(pool, seals);
        for (const [position, modelPosition] of positions.entries()) {
          for (const key of KEYS) {
            const found = visibleCandidate(ofKey(candidates, key), BigInt(position));
            expect(found?.label).toBe(model.lookupAt(key, modelPosition));
          }
        }
      }),
    );
  });

  it('of one record a seal has the logseq after the position of the model', () => {
    const model = new ContentIndexModel<string>();
    const [key] = KEYS as [Reference];
    const entries = ['put', 'rm', 'put'].map((step) =>
      step === 'put' ? model.put(key, step) : model.tombstone(key),
    );
    expect(entries).toEqual([0n, 1n, 2n]);
    expect([0n, 1n, 2n, 3n].map((position) => model.lookupAt(key, position))).toEqual([
      undefined,
      'put',
      undefined,
      'put',
    ]);
  });
});

describe('[IDX-GET-4] the answer', () => {
  it('does not depend on the order of the search, on absent segment names, or on earlier lookups', () => {
    const shuffled = histories.chain(({ pool, seals }) => {
      const candidates = candidatesOf(pool, seals);
      return fc.tuple(
        fc.constant(candidates),
        fc.shuffledSubarray(candidates, { minLength: candidates.length }),
        fc.nat({ max: 8 }),
      );
    });
    fc.assert(
      fc.property(shuffled, ([inOrder, otherwise, position]) => {
        for (const key of KEYS) {
          const first = visibleCandidate(ofKey(inOrder, key), BigInt(position));
          const nameless = ofKey(otherwise, key).map(({ segmentId, ...candidate }) => candidate);
          expect(visibleCandidate(nameless, BigInt(position))?.sealLogseq).toBe(first?.sealLogseq);
          expect(visibleCandidate(ofKey(otherwise, key), BigInt(position))).toBe(first);
          expect(visibleCandidate(ofKey(inOrder, key), BigInt(position))).toBe(first);
        }
      }),
    );
  });

  it('does not depend on whether the segments of a range of seals were merged', () => {
    const ranges = histories.chain((history) =>
      fc.record({ history: fc.constant(history), from: fc.nat({ max: 8 }), length: fc.nat({ max: 8 }) }),
    );
    fc.assert(
      fc.property(ranges, ({ history: { pool, seals }, from, length }) => {
        const candidates = candidatesOf(pool, seals);
        const [first, last] = [BigInt(from), BigInt(from + length)];
        const inRange = ({ sealLogseq }: Found) => sealLogseq >= first && sealLogseq <= last;
        const rest = candidates.filter((candidate) => !inRange(candidate));
        const merged = KEYS.flatMap((key) => {
          const deciding = decidingCandidate(ofKey(candidates.filter(inRange), key), last);
          return deciding ? [{ ...deciding, sealLogseq: 0n, logseq: deciding.sealLogseq }] : [];
        });
        for (let position = last; position <= BigInt(seals.length); position++) {
          for (const key of KEYS) {
            const apart = visibleCandidate(ofKey(candidates, key), position);
            const together = visibleCandidate(ofKey([...rest, ...merged], key), position);
            expect(together?.label).toBe(apart?.label);
          }
        }
      }),
    );
  });
});

describe('[IDX-GET-3] two records of one logseq', () => {
  const here = { sealLogseq: 2n, logseq: 0n, segmentId: Uint8Array.of(1) };
  const there = { sealLogseq: 9n, logseq: 2n, segmentId: Uint8Array.of(2) };

  it('are refused through different segments, in either order', () => {
    expect(() => decidingCandidate([here, there], 9n)).toThrow(/^IDX\.DUPLICATE/);
    expect(() => decidingCandidate([there, here], 9n)).toThrow(/^IDX\.DUPLICATE/);
  });

  it('are one record through the same segment', () => {
    const again = { ...there, sealLogseq: 8n };
    expect(decidingCandidate([there, again], 9n)).toBe(there);
  });

  it('are two through segments without a name', () => {
    const { segmentId, ...nameless } = there;
    expect(() => decidingCandidate([there, nameless], 9n)).toThrow(/^IDX\.DUPLICATE/);
  });

  it('do not matter below a position or a record that decides', () => {
    expect(decidingCandidate([here, there], 1n)).toBeUndefined();
    const later = { sealLogseq: 5n, logseq: 0n };
    expect(decidingCandidate([here, { ...here, segmentId: Uint8Array.of(3) }, later], 9n)).toBe(later);
  });
});

describe('[IDX-VIS-3] a position', () => {
  it('leaves out what is later: a record by its logseq, a segment by its seal', () => {
    const record = { sealLogseq: 3n, logseq: 6n };
    expect(decidingCandidate([record], 5n)).toBeUndefined();
    expect(decidingCandidate([record], 6n)).toBe(record);
    const segment = { sealLogseq: 6n, logseq: 3n };
    expect(decidingCandidate([segment], 5n)).toBeUndefined();
    expect(decidingCandidate([segment], 6n)).toBe(segment);
  });
});
