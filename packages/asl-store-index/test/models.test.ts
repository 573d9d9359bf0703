import { ContentIndexModel, PolicyModel } from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aKey, KEYS } from './arbitraries.js';

const [x, y] = KEYS as [(typeof KEYS)[0], (typeof KEYS)[0]];

describe('[STX-MOD-1] the content index', () => {
  it('hides with a tombstone and shows again with a later put', () => {
    const index = new ContentIndexModel<string>();
    expect(index.put(x, 'first')).toBe(0n);
    expect(index.put(y, 'other')).toBe(1n);
    expect(index.tombstone(x)).toBe(2n);
    expect(index.lookup(x)).toBeUndefined();
    expect(index.put(x, 'second')).toBe(3n);
    expect(index.lookup(x)).toBe('second');
    const history = [0n, 1n, 2n, 3n, 4n].map((position) => index.lookupAt(x, position));
    expect(history).toEqual([undefined, 'first', 'first', undefined, 'second']);
    expect(index.lookup(y)).toBe('other');
  });

  it('has no answer before its snapshot and after its log', () => {
    const index = new ContentIndexModel<string>();
    index.put(x, 'here');
    index.installSnapshot(index.snapshot('one'));
    expect(index.currentSnapshotId).toBe('one');
    expect(index.currentLogPosition).toBe(1n);
    expect(() => index.lookupAt(x, 0n)).toThrow(RangeError);
    expect(index.lookupAt(x, 1n)).toBe('here');
    expect(() => index.lookupAt(x, 2n)).toThrow(RangeError);
  });

  it('takes snapshots that later entries do not change', () => {
    const index = new ContentIndexModel<string>();
    index.put(x, 'here');
    const snapshot = index.snapshot('one');
    index.tombstone(x);
    const other = new ContentIndexModel<string>();
    other.installSnapshot(snapshot);
    expect(other.lookup(x)).toBe('here');
    other.tombstone(x);
    expect(other.lookup(x)).toBeUndefined();
    expect([...snapshot.locations.values()]).toEqual(['here']);
  });

  it('answers the same with and without a snapshot in between', () => {
    const step = fc.record({ key: aKey, location: fc.option(fc.string(), { nil: undefined }) });
    const apply = (
      index: ContentIndexModel<string>,
      { key, location }: { key: typeof x; location?: string },
    ) => (location === undefined ? index.tombstone(key) : index.put(key, location));
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, after) => {
        const whole = new ContentIndexModel<string>();
        const resumed = new ContentIndexModel<string>();
        for (const entry of before) apply(whole, entry as never);
        resumed.installSnapshot(whole.snapshot('between'));
        for (const entry of after) {
          expect(apply(resumed, entry as never)).toBe(apply(whole, entry as never));
          for (const key of KEYS) expect(resumed.lookup(key)).toBe(whole.lookup(key));
        }
      }),
    );
  });
});

describe('[STX-MOD-1] the policy', () => {
  it('gives the verdicts of the worked example', () => {
    const policy = new PolicyModel();
    expect([policy.other(), policy.publish([x]), policy.tombstone(x), policy.lift(3n)]).toEqual([
      1n,
      2n,
      3n,
      4n,
    ]);
    const verdicts = [0n, 1n, 2n, 3n, 4n].map((at) => policy.verdictAt(at, x, at > 0n));
    expect(verdicts).toEqual(['absent', 'internal', 'published', 'inadmissible', 'published']);
    expect(policy.verdictAt(4n, y, true)).toBe('internal');
  });

  it('lifts the tombstone that is named, once', () => {
    const policy = new PolicyModel();
    policy.tombstone(x);
    policy.tombstone(x);
    policy.lift(1n);
    expect(policy.tombstonesAt(2n, x)).toEqual([1n, 2n]);
    expect(policy.tombstonesAt(3n, x)).toEqual([2n]);
    for (const dead of [0n, 1n, 3n, 4n]) expect(() => policy.lift(dead)).toThrow(RangeError);
    expect(policy.position).toBe(3n);
  });

  it('keeps the last publication', () => {
    const policy = new PolicyModel();
    policy.publish([x, y]);
    policy.unpublish([y]);
    expect(policy.publicationAt(2n, x)).toEqual({ published: true, logseq: 1n });
    expect(policy.publicationAt(2n, y)).toEqual({ published: false, logseq: 2n });
    expect(policy.publicationAt(0n, x)).toBeUndefined();
  });
});
