import { compareReferences, type Reference } from '@amduat/asl-core';
import {
  contentEntries,
  EMPTY_SUBTREE,
  entryRoot,
  joinSubtrees,
  type Leaf,
  leafOf,
  type Subtree,
  subtreeOf,
  TrieBuilder,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeKey, entrySets, platformHasher, sha256 } from './entries.js';
import { bitsOf, commonPrefix, nodeCount, subtreeHash } from './entry-model.js';

const byKey = (left: { key: Reference }, right: { key: Reference }) => compareReferences(left.key, right.key);

const leafAt = (key: Reference): Leaf => leafOf(contentEntries.encode({ key, length: 1n }), platformHasher);

function builderOf(count: { joins: number }): TrieBuilder<Subtree> {
  return new TrieBuilder<Subtree>(
    EMPTY_SUBTREE,
    ({ hash }) => ({ hash, count: 1 }),
    (left, right) => {
      count.joins += 1;
      return joinSubtrees(left, right, platformHasher);
    },
  );
}

describe('[STX-TRIE-1] the hash of a subtree', () => {
  it('is that of the text, at every depth down to which its paths are the same', () => {
    fc.assert(
      fc.property(entrySets, fc.nat(), ({ codec, entries }, number) => {
        const encoded = [...entries].sort(byKey).map((entry) => codec.encode(entry));
        const leaves = encoded.map((entry) => leafOf(entry, platformHasher));
        const common = commonPrefix(encoded.map(bitsOf));
        for (const depth of [0, common.length, number % (common.length + 1)]) {
          const { hash, count } = subtreeOf(leaves, depth, platformHasher);
          expect(Buffer.from(hash)).toEqual(subtreeHash(encoded, common.slice(0, depth)));
          expect(count).toBe(entries.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is made of those of its halves', () => {
    fc.assert(
      fc.property(entrySets, ({ codec, entries }) => {
        const leaves = [...entries].sort(byKey).map((entry) => leafOf(codec.encode(entry), platformHasher));
        const common = commonPrefix(leaves.map(({ path }) => bitsOf(path)));
        for (let depth = Math.min(common.length, 271); depth >= 0; depth -= 9) {
          const halves = ['0', '1'].map((bit) =>
            subtreeOf(
              leaves.filter(({ path }) => bitsOf(path)[depth] === bit),
              depth + 1,
              platformHasher,
            ),
          ) as [Subtree, Subtree];
          expect(joinSubtrees(...halves, platformHasher)).toEqual(subtreeOf(leaves, depth, platformHasher));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is made with one hash for each subtree of two entries or more', () => {
    fc.assert(
      fc.property(entrySets, ({ codec, entries }) => {
        const encoded = [...entries].sort(byKey).map((entry) => codec.encode(entry));
        const count = { joins: 0 };
        const builder = builderOf(count);
        for (const entry of encoded) builder.add(leafOf(entry, platformHasher));
        builder.finish();
        expect(count.joins).toBe(nodeCount(encoded, ''));
      }),
      { numRuns: 40 },
    );
  });

  it('has 272 bits of a key below it: two keys that part at the last are 271 hashes below the root', () => {
    const keys = [closeKey(1, []), closeKey(1, [255])];
    const [left, right] = keys.map((key) => contentEntries.encode({ key, length: 1n })) as [
      Uint8Array,
      Uint8Array,
    ];
    // The last bit of the first key is 1.
    let hash = sha256(Uint8Array.of(1), sha256(Uint8Array.of(0), right), sha256(Uint8Array.of(0), left));
    const path = bitsOf(left);
    for (let depth = 270; depth >= 0; depth--) {
      const halves = path[depth] === '0' ? [hash, Buffer.alloc(32)] : [Buffer.alloc(32), hash];
      hash = sha256(Uint8Array.of(1), ...halves);
    }
    const entries = keys.map((key) => ({ key, length: 1n }));
    expect(Buffer.from(entryRoot(contentEntries, entries))).toEqual(hash);
  });
});

describe('[STX-TRIE-2] the root', () => {
  it('is that of the text, in whatever order the entries come', () => {
    const shuffled = entrySets.chain(({ codec, entries }) =>
      fc.tuple(
        fc.constant({ codec, entries }),
        fc.shuffledSubarray([...entries], { minLength: entries.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([{ codec, entries }, turned]) => {
        const expected = subtreeHash(
          entries.map((entry) => codec.encode(entry)),
          '',
        );
        expect(Buffer.from(entryRoot(codec, entries, platformHasher))).toEqual(expected);
        expect(Buffer.from(entryRoot(codec, turned))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('is another one without any of the entries', () => {
    fc.assert(
      fc.property(entrySets, ({ codec, entries }) => {
        const roots = entries.map((_, index) => entryRoot(codec, entries.toSpliced(index, 1)));
        const all = [entryRoot(codec, entries), ...roots].map((root) => Buffer.from(root).toString('hex'));
        expect(new Set(all).size).toBe(entries.length + 1);
      }),
      { numRuns: 40 },
    );
  });

  it('of no entries is its own each time', () => {
    const root = entryRoot(contentEntries, []);
    expect(root).toEqual(new Uint8Array(32));
    root.fill(1);
    expect(entryRoot(contentEntries, [])).toEqual(new Uint8Array(32));
  });
});

describe('[STX-TRIE-3] two entries of one key', () => {
  it('are refused, the same or not, wherever they stand', () => {
    const twice = entrySets
      .filter(({ entries }) => entries.length > 0)
      .chain((set) => fc.tuple(fc.constant(set), fc.nat(), fc.nat(), fc.boolean()));
    fc.assert(
      fc.property(twice, ([{ codec, entries }, from, to, isChanged]) => {
        const repeated = entries[from % entries.length] as (typeof entries)[number];
        const { key } = repeated;
        const record = { length: 12345n, domain: new Uint8Array(32), source: new Uint8Array(32) };
        const other = isChanged ? { key, length: 12345n, record, tombstones: [] } : repeated;
        const doubled = entries.toSpliced(to % (entries.length + 1), 0, other);
        expect(() => entryRoot(codec, doubled)).toThrow(/^IDX\.DUPLICATE/);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused by a builder, and so is one below the one before', () => {
    const keys = [closeKey(1, [0]), closeKey(1, [255]), closeKey(1, []), closeKey(2, [0])];
    const [lowest, middle, upper, highest] = keys.map(leafAt) as [Leaf, Leaf, Leaf, Leaf];
    for (const before of [lowest, middle, upper, highest]) {
      const builder = builderOf({ joins: 0 });
      for (const leaf of [lowest, middle, upper, highest]) {
        if (leaf === before) break;
        builder.add(leaf);
      }
      builder.add(before);
      expect(() => builder.add({ ...before, hash: new Uint8Array(32) })).toThrow(/^IDX\.DUPLICATE/);
    }
    for (const [first, second] of [
      [middle, lowest],
      [upper, middle],
      [highest, upper],
      [highest, lowest],
    ] as const) {
      const builder = builderOf({ joins: 0 });
      builder.add(first);
      expect(() => builder.add(second)).toThrow(RangeError);
    }
  });
});
