import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Keying, type Trie, trieDelete, trieGet, trieSet, trieValues } from '../src/trie.js';

/** Four nibbles, the highest first. */
const KEYING: Keying<number> = {
  nibble: (key, depth) => (key >> (12 - 4 * depth)) & 15,
  equal: (left, right) => left === right,
};

const keys = fc.oneof(fc.nat({ max: 0xffff }), fc.nat({ max: 40 }));
const steps = fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 60 });

type Root = Trie<number, number>;

const nodesOf = (node: Root): Root[] =>
  Array.isArray(node) ? [node, ...node.flatMap(nodesOf)] : node ? [node] : [];

describe('the trie', () => {
  it('holds what a sorted map holds, and its older versions stay as they were', () => {
    fc.assert(
      fc.property(steps, (history) => {
        let root: Root;
        const expected = new Map<number, number>();
        const versions: [Root, number[]][] = [];
        for (const [index, [key, isSet]] of history.entries()) {
          root = isSet ? trieSet(KEYING, root, key, index) : trieDelete(KEYING, root, key);
          if (isSet) expected.set(key, index);
          else expected.delete(key);
          for (const known of [key, key ^ 1, ...expected.keys()]) {
            expect(trieGet(KEYING, root, known)).toBe(expected.get(known));
          }
          const sorted = [...expected].sort(([left], [right]) => left - right).map(([, value]) => value);
          versions.push([root, sorted]);
        }
        for (const [version, values] of versions) expect([...trieValues(version)]).toEqual(values);
      }),
    );
  });

  it('has one shape for one content', () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys), fc.uniqueArray(keys), (kept, dropped) => {
        const build = (all: number[]) =>
          all.reduce<Root>((root, key) => trieSet(KEYING, root, key, key), undefined);
        let root = build([...dropped, ...kept]);
        for (const key of dropped) if (!kept.includes(key)) root = trieDelete(KEYING, root, key);
        expect(root).toEqual(build(kept.toReversed()));
      }),
    );
  });

  it('makes no more new nodes than the path of the key is long', () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys, { minLength: 1 }), keys, (all, key) => {
        const root = all.reduce<Root>((before, next) => trieSet(KEYING, before, next, next), undefined);
        const before = new Set(nodesOf(root));
        const fresh = (after: Root) => nodesOf(after).filter((node) => !before.has(node)).length;
        expect(fresh(trieSet(KEYING, root, key, -1))).toBeLessThanOrEqual(5);
        expect(fresh(trieDelete(KEYING, root, key))).toBeLessThanOrEqual(5);
      }),
    );
  });
});
