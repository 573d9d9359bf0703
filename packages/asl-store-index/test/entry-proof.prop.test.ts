import { equalReferences, isAslError, type Reference } from '@amduat/asl-core';
import {
  contentEntries,
  decodeEntryProof,
  descend,
  type EntryProof,
  encodeEntryProof,
  entryRoot,
  leafOf,
  pathOf,
  proveEntry,
  readEntryProof,
  stateEntries,
  verifyEntry,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyKey } from './arbitraries.js';
import { type AnyEntry, aCloseKey, closeKey, type EntrySet, entrySets, platformHasher } from './entries.js';
import { bitsOf, bitsOfKey, commonPrefix, proofBytes } from './entry-model.js';

/** A set and keys that are asked for: those of its entries and others that are like them for long. */
const asked = fc
  .tuple(entrySets, fc.array(fc.oneof(aCloseKey, anyKey), { maxLength: 4 }))
  .map(([set, others]): readonly [EntrySet, readonly Reference[]] => {
    const keys = set.entries.map(({ key }) => key);
    const unknown = others.filter((key) => !keys.some((known) => equalReferences(known, key)));
    return [set, [...keys, ...unknown]];
  });

const entryOf = ({ entries }: EntrySet, key: Reference): AnyEntry | undefined =>
  entries.find((entry) => equalReferences(entry.key, key));

const rootOf = ({ codec, entries }: EntrySet) => entryRoot(codec, entries, platformHasher);

const proofOf = ({ codec, entries }: EntrySet, key: Reference) =>
  proveEntry(codec, entries, key, platformHasher);

const verify = ({ codec }: EntrySet, root: Uint8Array, key: Reference, proof: EntryProof<AnyEntry>) =>
  verifyEntry(codec, root, key, proof, platformHasher);

/** What is shown, or the code of the refusal. */
function outcome<T>(run: () => T): string | { shows: T } {
  try {
    return { shows: run() };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

/** The code of the refusal, if there is one. */
function refusal(run: () => unknown): string | undefined {
  const code = outcome(run);
  return typeof code === 'string' ? code : undefined;
}

describe('[STX-PRF-6] the proof of a key', () => {
  it('shows the entry that the key has, or that it has none', () => {
    fc.assert(
      fc.property(asked, ([set, keys]) => {
        const root = rootOf(set);
        for (const key of keys) {
          const encoded = encodeEntryProof(set.codec, proofOf(set, key));
          const proof = decodeEntryProof(set.codec, encoded);
          expect(verify(set, root, key, proof)).toEqual(entryOf(set, key));
          expect(Buffer.from(encodeEntryProof(set.codec, proof))).toEqual(Buffer.from(encoded));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the one of the text', () => {
    fc.assert(
      fc.property(asked, ([set, keys]) => {
        const encoded = set.entries.map((entry) => set.codec.encode(entry));
        for (const key of keys) {
          const proof = Buffer.from(encodeEntryProof(set.codec, proofOf(set, key)));
          expect(proof).toEqual(proofBytes(encoded, key));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(asked, ([{ codec, entries }, keys]) => {
        const proofs = [entries, entries.toReversed()].map((all) =>
          keys.map((key) => encodeEntryProof(codec, proveEntry(codec, all, key, platformHasher))),
        );
        expect(proofs[0]).toEqual(proofs[1]);
      }),
      { numRuns: 30 },
    );
  });

  it('of a key says nothing but what is so of another one', () => {
    fc.assert(
      fc.property(asked, ([set, keys]) => {
        const root = rootOf(set);
        for (const key of keys) {
          const proof = proofOf(set, key);
          for (const other of keys) {
            const shown = outcome(() => verify(set, root, other, proof));
            if (typeof shown === 'string') {
              expect(other).not.toBe(key);
              expect(shown).toBe(proof.entry ? 'ENTRY_PROOF.KEY' : 'ENTRY_PROOF.ROOT');
            } else expect(shown.shows).toEqual(entryOf(set, other));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('ends in the entry of another key where that is the only one there: the key has none', () => {
    const entry = { key: closeKey(1, [255]), length: 3n };
    const root = entryRoot(contentEntries, [entry]);
    const key = closeKey(1, []);
    const proof = proveEntry(contentEntries, [entry], key);
    expect(proof).toEqual({ siblings: [], entry });
    expect(verifyEntry(contentEntries, root, key, proof)).toBeUndefined();
    expect(verifyEntry(contentEntries, root, entry.key, proof)).toBe(entry);
  });

  it('is that of a subtree and of what is above it', () => {
    fc.assert(
      fc.property(asked, ([{ codec, entries }, keys]) => {
        const leaves = entries
          .map((entry) => leafOf(codec.encode(entry), platformHasher))
          .sort((left, right) => (bitsOf(left.path) < bitsOf(right.path) ? -1 : 1));
        for (const key of keys) {
          const whole = proveEntry(codec, entries, key, platformHasher);
          const depth = Math.min(9, whole.siblings.length);
          const prefix = bitsOfKey(key).slice(0, depth);
          const within = leaves.filter(({ path }) => bitsOf(path).startsWith(prefix));
          const siblings: Uint8Array[] = [];
          const end = descend(within, pathOf(key), depth, siblings, platformHasher);
          expect(Buffer.concat(siblings)).toEqual(Buffer.concat(whole.siblings.slice(depth)));
          expect(end?.path).toEqual(whole.entry && pathOf(whole.entry.key));
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** Sets with few siblings on a path, so that each bit of their proofs can be tried. */
const SMALL: readonly (readonly [string, EntrySet, Reference])[] = (() => {
  const content = (keys: readonly Reference[]): EntrySet => ({
    codec: contentEntries,
    entries: keys.map((key, index) => ({ key, length: BigInt(index) })),
  });
  const record = { typeTag: 7, length: 3n, domain: new Uint8Array(32), source: new Uint8Array(32) };
  const parting = [closeKey(1, []), closeKey(2, []), closeKey(1, [8]), closeKey(1, [8, 10])];
  const state: EntrySet = {
    codec: stateEntries,
    entries: [
      { key: closeKey(1, []), record, publication: 'published', tombstones: [4n, 9n] },
      { key: closeKey(1, [3]), publication: 'unpublished', tombstones: [] },
    ],
  };
  return [
    ['a member', content(parting), closeKey(1, [8])],
    ['a member beside an empty sibling', content(parting), closeKey(1, [])],
    ['a key that ends in nothing', content(parting), closeKey(1, [5])],
    ['a key that ends in the entry of another', content(parting), closeKey(1, [200])],
    ['the only entry', content(parting.slice(0, 1)), closeKey(1, [])],
    ['a key beside the only entry', content(parting.slice(0, 1)), closeKey(1, [1])],
    ['a key of the empty trie', content([]), closeKey(1, [])],
    ['an entry of a state', state, closeKey(1, [])],
    ['an entry of a state without a record', state, closeKey(1, [3])],
    ['keys that part at the last bit', content([closeKey(1, []), closeKey(1, [255])]), closeKey(1, [255])],
  ];
})();

describe('[STX-PRF-5] a proof with one bit flipped', () => {
  it.each(SMALL)('is refused, wherever the flip is: %s', (_, set, key) => {
    const root = rootOf(set);
    const proof = encodeEntryProof(set.codec, proofOf(set, key));
    const codes = new Set<string | undefined>();
    for (let bit = 0; bit < 8 * proof.length; bit++) {
      const flipped = Buffer.from(proof);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      codes.add(refusal(() => verify(set, root, key, decodeEntryProof(set.codec, flipped))));
    }
    expect(codes).not.toContain(undefined);
    expect([...codes].filter((code) => !/^(ENTRY|ENTRY_PROOF|CORE)\./.test(code as string))).toEqual([]);
  });
});

describe('[STX-PRF-5] a proof', () => {
  it('is refused against the root of any other set', () => {
    fc.assert(
      fc.property(asked, fc.nat(), fc.nat(), ([set, keys], number, bit) => {
        const { codec, entries } = set;
        const without = { codec, entries: entries.toSpliced(number % (entries.length + 1), 1) };
        const root = rootOf(set);
        const flipped = Buffer.from(root);
        flipped[(bit >> 3) % 32] = (flipped[(bit >> 3) % 32] as number) ^ (1 << (bit & 7));
        for (const key of keys) {
          const proof = proofOf(set, key);
          const others = [flipped, Buffer.alloc(32, 1)];
          if (without.entries.length < entries.length) others.push(Buffer.from(rootOf(without)));
          for (const other of others) {
            expect(refusal(() => verify(set, other, key, proof))).toBe('ENTRY_PROOF.ROOT');
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of a member is refused without its entry and with another one', () => {
    fc.assert(
      fc.property(entrySets, (set) => {
        const root = rootOf(set);
        for (const { key } of set.entries) {
          const { siblings, entry } = proofOf(set, key);
          expect(refusal(() => verify(set, root, key, { siblings }))).toBe('ENTRY_PROOF.ROOT');
          for (const other of set.entries) {
            if (other.key === key) continue;
            const code = refusal(() => verify(set, root, key, { siblings, entry: other }));
            // The paths of two entries part at the depth of the end, or above.
            const shared = commonPrefix([bitsOfKey(key), bitsOfKey(other.key)]).length;
            expect(shared).toBeLessThan(siblings.length);
            expect(code).toBe('ENTRY_PROOF.KEY');
          }
          expect(verify(set, root, key, { siblings, entry: entry as AnyEntry })).toEqual(entry);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('[STX-PRF-4] the entry of another key', () => {
  it('is refused if it parts from the path above the end, whatever the root is', () => {
    const [key, near, far] = [closeKey(1, []), closeKey(1, [100]), closeKey(1, [0])];
    const entry = (of: Reference) => ({ key: of, length: 1n });
    const sibling = new Uint8Array(32).fill(1);
    const root = new Uint8Array(32);
    // A digest begins at bit 16 of a path.
    for (const [other, shared] of [
      [near, 116],
      [far, 16],
      [closeKey(2, []), 14],
      [closeKey(1, [255]), 271],
    ] as const) {
      const code = (depth: number) =>
        refusal(() =>
          verifyEntry(contentEntries, root, key, {
            siblings: Array.from({ length: depth }, () => sibling),
            entry: entry(other),
          }),
        );
      expect(code(shared)).toBe('ENTRY_PROOF.ROOT');
      expect(code(shared + 1)).toBe('ENTRY_PROOF.KEY');
      expect(code(272)).toBe('ENTRY_PROOF.KEY');
    }
  });
});

/** A proof with its fields as they are given. */
function raw(end: number, depth: number, marks: Uint8Array, ...rest: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(end, depth & 255, depth >> 8), marks, ...rest]);
}

const decoded = (bytes: Uint8Array) => refusal(() => decodeEntryProof(contentEntries, bytes));

const SIBLING = new Uint8Array(32).fill(1);
const EMPTY = new Uint8Array(32);
const ENTRY = contentEntries.encode({ key: closeKey(1, []), length: 1n });

describe('[STX-PRF-1] a proof', () => {
  it('is refused wherever it was cut, and with octets after it', () => {
    fc.assert(
      fc.property(asked, fc.uint8Array({ minLength: 1, maxLength: 40 }), ([set, keys], after) => {
        for (const key of keys.slice(0, 3)) {
          const proof = proofOf(set, key);
          const bytes = encodeEntryProof(set.codec, proof);
          const entryLength = proof.entry ? set.codec.encode(proof.entry).length : 0;
          const entryStart = bytes.length - entryLength;
          for (let length = 0; length < bytes.length; length += length < entryStart - 40 ? 17 : 1) {
            const code = refusal(() => decodeEntryProof(set.codec, bytes.subarray(0, length)));
            expect(code).toBe(length < entryStart ? 'ENTRY_PROOF.TRUNCATED' : 'ENTRY.TRUNCATED');
          }
          const longer = Buffer.concat([bytes, after]);
          expect(refusal(() => decodeEntryProof(set.codec, longer))).toBe('ENTRY_PROOF.TRAILING');
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is read wherever it stands, and what follows is left', () => {
    fc.assert(
      fc.property(asked, fc.uint8Array({ maxLength: 9 }), ([set, keys], around) => {
        for (const key of keys) {
          const proof = proofOf(set, key);
          const encoded = encodeEntryProof(set.codec, proof);
          const bytes = Buffer.concat([around, encoded, around]);
          const read = readEntryProof(set.codec, bytes, around.length);
          expect(read.end).toBe(around.length + encoded.length);
          expect(encodeEntryProof(set.codec, read.proof)).toEqual(encoded);
          expect(read.proof.entry).toEqual(proof.entry);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is checked field by field, each before the next is read', () => {
    expect(decoded(Buffer.of(2))).toBe('ENTRY_PROOF.FORM');
    expect(decoded(Buffer.of(0, 17, 1))).toBe('ENTRY_PROOF.FORM');
    expect(decoded(raw(1, 3, Buffer.of(0b0010_0001)))).toBe('ENTRY_PROOF.FORM');
    expect(decoded(raw(1, 3, Buffer.of(0b1010_0000), EMPTY))).toBe('ENTRY_PROOF.FORM');
    expect(decoded(raw(1, 3, Buffer.of(0b1000_0000), SIBLING))).toBe('ENTRY_PROOF.FORM');
    expect(decoded(raw(1, 3, Buffer.of(0b1010_0000), SIBLING, SIBLING))).toBe('ENTRY.TRUNCATED');
    expect(decoded(raw(1, 3, Buffer.of(0b1010_0000), SIBLING, SIBLING, ENTRY))).toBeUndefined();
  });

  it('has an entry of the right form', () => {
    const proof = (at: number, value: number) =>
      raw(1, 1, Buffer.of(0x80), SIBLING, Buffer.from(ENTRY).fill(value, at, at + 1));
    expect(decoded(proof(1, 1))).toBeUndefined();
    expect(decoded(proof(1, 3))).toBe('CORE.HASH_ID');
    expect(decoded(proof(34, 2))).toBe('ENTRY.FORM');
    expect(decoded(Buffer.concat([proof(1, 1), Buffer.of(0)]))).toBe('ENTRY_PROOF.TRAILING');
  });
});

describe('[STX-PRF-2] a proof', () => {
  it('has an end of 0 or 1', () => {
    for (const end of [2, 3, 0x80, 255]) {
      expect(decoded(raw(end, 0, Buffer.alloc(0), ENTRY))).toBe('ENTRY_PROOF.FORM');
    }
    expect(decoded(raw(0, 0, Buffer.alloc(0)))).toBeUndefined();
  });

  it('has at most 272 siblings', () => {
    for (const depth of [273, 280, 512, 0x8000, 0xffff]) {
      const siblings = Array.from({ length: Math.min(depth, 600) }, () => SIBLING);
      const marks = Buffer.alloc(Math.ceil(depth / 8), 255);
      if (depth % 8 !== 0) marks[depth >> 3] = (0xff00 >> (depth % 8)) & 255;
      expect(decoded(raw(1, depth, marks, ...siblings, ENTRY))).toBe('ENTRY_PROOF.FORM');
      expect(decoded(raw(1, depth, Buffer.alloc(0)))).toBe('ENTRY_PROOF.FORM');
    }
    const siblings = Array.from({ length: 272 }, () => SIBLING);
    expect(decoded(raw(1, 272, Buffer.alloc(34, 255), ...siblings, ENTRY))).toBeUndefined();
  });

  it('has no bit set after that of its last sibling', () => {
    for (let depth = 1; depth <= 272; depth++) {
      const marks = Buffer.alloc(Math.ceil(depth / 8));
      const last = depth - 1;
      marks[last >> 3] = 0x80 >> (last & 7);
      expect(decoded(raw(0, depth, marks, SIBLING))).toBeUndefined();
      for (let bit = depth; bit < 8 * marks.length; bit++) {
        const padded = Buffer.from(marks);
        padded[bit >> 3] = (padded[bit >> 3] as number) | (0x80 >> (bit & 7));
        expect(decoded(raw(0, depth, padded, SIBLING))).toBe('ENTRY_PROOF.FORM');
        expect(decoded(raw(0, depth, padded, SIBLING, SIBLING))).toBe('ENTRY_PROOF.FORM');
      }
    }
  });

  it('has no empty sibling written', () => {
    for (const siblings of [
      [EMPTY, SIBLING, SIBLING],
      [SIBLING, EMPTY, SIBLING],
      [SIBLING, SIBLING, EMPTY],
    ]) {
      expect(decoded(raw(1, 3, Buffer.of(0b1110_0000), ...siblings, ENTRY))).toBe('ENTRY_PROOF.FORM');
    }
    expect(decoded(raw(1, 3, Buffer.of(0b0110_0000), SIBLING, SIBLING, ENTRY))).toBeUndefined();
  });
});

describe('[STX-PRF-3] the last sibling of a proof', () => {
  it('is not empty, though the hashes lead to the root', () => {
    const lower = { key: closeKey(1, []), length: 1n };
    const upper = { key: closeKey(2, []), length: 2n };
    const root = entryRoot(contentEntries, [lower, upper]);
    const { siblings } = proveEntry(contentEntries, [lower, upper], lower.key);
    const [only] = siblings.slice(-1) as [Uint8Array];
    const marks = (bits: readonly number[]) => {
      const octets = Buffer.alloc(Math.ceil(bits.length / 8));
      for (const [index, bit] of bits.entries()) {
        octets[index >> 3] = (octets[index >> 3] as number) | (bit << (7 - (index & 7)));
      }
      return octets;
    };
    const right = siblings.map((_, index) => (index === siblings.length - 1 ? 1 : 0));
    const entry = contentEntries.encode(lower);
    const proof = decodeEntryProof(contentEntries, raw(1, right.length, marks(right), only, entry));
    expect(verifyEntry(contentEntries, root, lower.key, proof)).toEqual(lower);
    const deeper = [...right, 0];
    expect(decoded(raw(1, deeper.length, marks(deeper), only, entry))).toBe('ENTRY_PROOF.FORM');
    // Nothing below nothing: the empty trie shown deeper than it stands.
    for (const depth of [1, 8, 9, 272]) {
      const empty = raw(0, depth, Buffer.alloc(Math.ceil(depth / 8)));
      expect(decoded(empty)).toBe('ENTRY_PROOF.FORM');
    }
  });
});

describe('[STX-TRIE-3] a proof over two entries of one key', () => {
  it('is not made', () => {
    const other = fc.tuple(asked, fc.nat(), aCloseKey);
    fc.assert(
      fc.property(other, ([[{ codec, entries }], number, key]) => {
        const [repeated] = entries.slice(number % Math.max(1, entries.length));
        fc.pre(repeated !== undefined);
        const twice = [...entries, repeated as AnyEntry];
        expect(refusal(() => proveEntry(codec, twice, key, platformHasher))).toBe('IDX.DUPLICATE');
      }),
      { numRuns: 50 },
    );
  });
});
