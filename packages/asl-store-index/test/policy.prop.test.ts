import { compareReferences, equalReferences, formatReference, type Reference } from '@amduat/asl-core';
import {
  applyPolicy,
  EMPTY_POLICY,
  type PolicyChange,
  PolicyModel,
  type PolicyTable,
  policyOf,
  verdictOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aKey, anyKey, KEYS } from './arbitraries.js';
import { play, rowOf, steps } from './histories.js';

describe('[STX-MOD-1] the policy table', () => {
  it('says what the model says of every key at every position, old tables included', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const model = new PolicyModel();
        for (const [index, table] of play(model, history).entries()) {
          const position = BigInt(index);
          for (const key of KEYS) {
            expect(table.get(key)).toEqual(rowOf(model, position, key));
            for (const hasRecord of [false, true]) {
              expect(verdictOf(table.get(key), hasRecord)).toBe(model.verdictAt(position, key, hasRecord));
            }
          }
        }
      }),
    );
  });
});

describe('[STX-POL-6] the policy table', () => {
  it('has a row for each key that the log says something of, in the order of the keys, and no other', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const model = new PolicyModel();
        for (const [index, table] of play(model, history).entries()) {
          const said = KEYS.flatMap((key) => rowOf(model, BigInt(index), key) ?? []);
          said.sort((left, right) => compareReferences(left.key, right.key));
          expect([...table.rows()]).toEqual(said);
          expect(table.size).toBe(said.length);
        }
      }),
    );
  });

  it('keeps the order of any keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyKey, { selector: formatReference, maxLength: 60 }), (keys) => {
        const table = applyPolicy(EMPTY_POLICY, { kind: 'publish', keys, logseq: 1n });
        const sorted = [...keys].sort(compareReferences);
        expect([...table.rows()].map((row) => row.key)).toEqual(sorted);
      }),
    );
  });

  it('is the same table after its rows were kept elsewhere', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, turn) => {
        const table = play(new PolicyModel(), history).at(-1) as PolicyTable;
        const rows = [...table.rows()];
        const turned = [...rows.slice(turn % (rows.length + 1)), ...rows.slice(0, turn % (rows.length + 1))];
        const again = policyOf(turned);
        expect([...again.rows()]).toEqual(rows);
        for (const { key, tombstones } of rows) {
          for (const logseq of tombstones) {
            expect(equalReferences(again.keyOfTombstone(logseq) as Reference, key)).toBe(true);
          }
        }
      }),
    );
  });

  it('is not made of rows that say nothing or come twice', () => {
    const [key, other] = KEYS as [Reference, Reference];
    expect(() => policyOf([{ key, tombstones: [] }])).toThrow(RangeError);
    const row = { key, tombstones: [3n] };
    const published = { key, tombstones: [], publication: { published: true, logseq: 4n } };
    expect(() => policyOf([row, published])).toThrow(RangeError);
    expect(() => policyOf([row, { key: other, tombstones: [3n] }])).toThrow(RangeError);
  });

  it('takes changes over a table of another make', () => {
    const [key, other] = KEYS as [Reference, Reference];
    const row = { key, tombstones: [3n] };
    const foreign: PolicyTable = {
      get: (wanted) => (equalReferences(wanted, key) ? row : undefined),
      rows: () => [row],
      keyOfTombstone: (logseq) => (logseq === 3n ? key : undefined),
      size: 1,
    };
    const table = applyPolicy(foreign, { kind: 'publish', keys: [other], logseq: 4n });
    expect([...table.rows()]).toEqual([
      row,
      { key: other, tombstones: [], publication: { published: true, logseq: 4n } },
    ]);
  });
});

describe('[STX-POL-2] a lift', () => {
  it('finds the key of a live tombstone and of no other logseq', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const model = new PolicyModel();
        const table = play(model, history).at(-1) as PolicyTable;
        for (let logseq = 0n; logseq <= model.position + 1n; logseq++) {
          const owner = KEYS.find((key) => model.tombstonesAt(model.position, key).includes(logseq));
          const found = table.keyOfTombstone(logseq);
          expect(found && formatReference(found)).toBe(owner && formatReference(owner));
        }
      }),
    );
  });

  it('of every tombstone, in any order, leaves nothing, for logseqs up to the last u64', () => {
    const logseqs = fc.uniqueArray(
      fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    );
    const shuffled = logseqs.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, aKey, ([added, lifted], key) => {
        let table = EMPTY_POLICY;
        for (const logseq of added) table = applyPolicy(table, { kind: 'tombstone', key, logseq });
        const ascending = [...added].sort((left, right) => (left < right ? -1 : 1));
        expect(table.get(key)?.tombstones ?? []).toEqual(ascending);
        for (const tombstone of lifted) table = applyPolicy(table, { kind: 'lift', tombstone });
        expect([...table.rows()]).toEqual([]);
        expect(table.size).toBe(0);
      }),
    );
  });
});

describe('[STX-POL-1] a tombstone', () => {
  it('has a logseq of its own, a u64', () => {
    const [key, other] = KEYS as [Reference, Reference];
    const tombstone = (logseq: bigint): PolicyChange => ({ kind: 'tombstone', key: other, logseq });
    const table = applyPolicy(EMPTY_POLICY, { kind: 'tombstone', key, logseq: 5n });
    expect(() => applyPolicy(table, tombstone(5n))).toThrow(RangeError);
    expect(() => applyPolicy(table, tombstone(2n ** 64n))).toThrow(RangeError);
    expect(applyPolicy(table, tombstone(6n)).size).toBe(2);
  });
});
