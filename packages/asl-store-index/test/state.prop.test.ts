import { createHash } from 'node:crypto';
import { isAslError } from '@amduat/asl-core';
import {
  equalIndexStates,
  formatIndexState,
  type IndexState,
  parseIndexState,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const positions = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const states: fc.Arbitrary<IndexState> = fc.record({ snapshotId: hashes, position: positions });

describe('[STX-SNAP-1] the SnapshotID', () => {
  it('agrees with the platform hash over the fields written by hand', () => {
    fc.assert(
      fc.property(hashes, positions, hashes, (domainId, position, recordHash) => {
        const number = Buffer.alloc(8);
        number.writeBigUInt64LE(position);
        const expected = createHash('sha256')
          .update('ASL/SNAPSHOT/1')
          .update(domainId)
          .update(number)
          .update(recordHash);
        expect(Buffer.from(snapshotIdOf(domainId, position, recordHash))).toEqual(expected.digest());
      }),
    );
  });

  it('takes no hash of another length and no position beyond u64', () => {
    const hash = new Uint8Array(32);
    expect(() => snapshotIdOf(hash.subarray(1), 0n, hash)).toThrow(RangeError);
    expect(() => snapshotIdOf(hash, 0n, new Uint8Array(33))).toThrow(RangeError);
    expect(() => snapshotIdOf(hash.subarray(1), 0n, new Uint8Array(33))).toThrow(RangeError);
    expect(() => snapshotIdOf(hash, 2n ** 64n, hash)).toThrow(RangeError);
  });
});

describe('[STX-SNAP-2] two states', () => {
  it('are equal if both parts are', () => {
    fc.assert(
      fc.property(states, states, fc.nat({ max: 31 }), (state, other, at) => {
        const copy = { snapshotId: Uint8Array.from(state.snapshotId), position: state.position };
        expect(equalIndexStates(state, copy)).toBe(true);
        expect(equalIndexStates(state, { ...copy, position: state.position ^ 1n })).toBe(false);
        copy.snapshotId[at] = (copy.snapshotId[at] as number) ^ 1;
        expect(equalIndexStates(state, copy)).toBe(false);
        expect(equalIndexStates(state, other)).toBe(formatIndexState(state) === formatIndexState(other));
      }),
    );
  });
});

describe('[STX-SNAP-3] the text form', () => {
  it('is read back as the state it was written from', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(equalIndexStates(parseIndexState(formatIndexState(state)), state)).toBe(true);
      }),
    );
  });

  it('is the only text: what is read, is written the same, and the rest is refused', () => {
    const mutated = fc
      .tuple(
        states,
        fc.oneof(fc.nat({ max: 1 }), fc.nat()),
        fc.constantFrom('', '0', '9', '@', 'a', 'F', ' ', '\n', '+', '-', '٣'),
        fc.boolean(),
      )
      .map(([state, at, mark, insert]) => {
        const text = formatIndexState(state);
        const place = at % (text.length + 1);
        return text.slice(0, place) + mark + text.slice(insert ? place : place + 1);
      });
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, (text) => {
        try {
          expect(formatIndexState(parseIndexState(text))).toBe(text);
          outcomes.read++;
        } catch (error) {
          if (!isAslError(error, 'STATE.TEXT')) throw error;
          outcomes.refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it('takes no state that is none', () => {
    expect(() => formatIndexState({ snapshotId: new Uint8Array(31), position: 0n })).toThrow(RangeError);
    expect(() => formatIndexState({ snapshotId: new Uint8Array(32), position: -1n })).toThrow(RangeError);
  });
});
