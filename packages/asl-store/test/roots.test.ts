import { formatHex, type Hasher, referenceOf } from '@amduat/asl-core';
import { memoryStorage, nodeSha256Hasher, openStore, type Storage, type View } from '@amduat/asl-store';
import {
  pathOf,
  rootsOf,
  type StateEntry,
  type StateRoots,
  stateEntryOf,
  subtreeOf,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashNodes } from '../src/hash-nodes.js';
import { buildTrees, type KeyLeaves, leavesOfEntry, TREE_KINDS, updateTrees } from '../src/hash-tree.js';
import { bytesOf, initDemo } from './backends.js';

const NO_BLIND = new Uint8Array(32);

/** The roots of a view, from all of its entries. */
async function rootsOfView(view: View, blind: Uint8Array): Promise<StateRoots> {
  const entries: StateEntry[] = [];
  for await (const { reference, record, publication, tombstones } of view.entries()) {
    const row =
      publication || tombstones.length > 0
        ? { key: reference, tombstones, ...(publication && { publication }) }
        : undefined;
    const entry = stateEntryOf(reference, record, row);
    if (entry !== undefined) entries.push(entry);
  }
  return rootsOf(entries, blind, nodeSha256Hasher);
}

function shown({ stateRoot, publicRoot, contentRoot }: StateRoots) {
  return [stateRoot, publicRoot, contentRoot].map(formatHex);
}

/** Changes one octet of a derived file. */
async function flipOne(storage: Storage, name: string, place: number): Promise<void> {
  const bytes = (await storage.read(name, 0, (await storage.size(name)) ?? 0)) as Uint8Array;
  const at = (place * 7919) % bytes.length;
  bytes[at] = (bytes[at] as number) ^ 0x10;
  await storage.keep(name, [bytes]);
}

const key = fc.nat({ max: 60 });
const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('put', 'remove', 'publish', 'unpublish', 'tombstone'),
      key,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lift'), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('seal'), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot'), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reopen', 'forget', 'damage'), key }) },
);

describe('[STO-SNP-4] [STO-ROOT-1] the roots of an anchor', () => {
  it('are those of all entries of the state, whatever was kept of earlier ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 200, size: 'max' }), async (operations) => {
        const storage = memoryStorage();
        await initDemo(storage);
        let store = await openStore(storage);
        let writer = await store.openWriter();
        for (const { kind, key } of operations) {
          const bytes = bytesOf(`artifact ${key}`);
          const reference = referenceOf({ bytes });
          const done =
            kind === 'put'
              ? writer.put(bytes, key % 3 === 0 ? { typeTag: key } : {})
              : kind === 'remove'
                ? writer.remove(reference)
                : kind === 'publish' || kind === 'unpublish'
                  ? writer[kind]([reference])
                  : kind === 'tombstone'
                    ? writer.tombstone(reference)
                    : kind === 'lift'
                      ? writer.lift(BigInt(key))
                      : kind === 'seal'
                        ? writer.seal()
                        : kind === 'snapshot'
                          ? writer.snapshot()
                          : undefined;
          // What a state does not allow is refused, and nothing else.
          await done?.catch((error: { code: string }) => {
            const { code } = error;
            expect([
              'STORE.INADMISSIBLE',
              'STORE.ABSENT',
              'STORE.PUBLISHED',
              'LOG.LIFT',
              'LOG.ANCHOR.POSITION',
            ]).toContain(code);
          });
          if (kind === 'reopen') {
            await writer.close();
            store = await openStore(storage);
            writer = await store.openWriter();
          }
          if (kind === 'damage') {
            for (const name of await storage.list('derived/')) await flipOne(storage, name, key);
          }
          if (kind === 'forget')
            for (const name of await storage.list('derived/')) await storage.delete(name);
        }
        await writer.close();
        for (const { snapshotLogseq, stateRoot, publicRoot } of await store.anchors()) {
          const expected = await rootsOfView(await store.at(snapshotLogseq), NO_BLIND);
          expect(formatHex(stateRoot)).toBe(formatHex(expected.stateRoot));
          expect(formatHex(publicRoot)).toBe(formatHex(expected.publicRoot));
          expect(shown(await store.roots({ position: snapshotLogseq }))).toEqual(shown(expected));
        }
        expect(shown(await store.roots())).toEqual(shown(await rootsOfView(await store.at(), NO_BLIND)));
      }),
      { numRuns: 60 },
    );
  });
});

/** Counts the hashes that are made. */
function countingHasher(): Hasher & { count: number } {
  const hasher = {
    ...nodeSha256Hasher,
    count: 0,
    digest(parts: readonly Uint8Array[]) {
      hasher.count++;
      return nodeSha256Hasher.digest(parts);
    },
  };
  return hasher;
}

/** Entries in ascending order of their keys, which are spread as digests are. */
function entryAt(place: number, count: number, length = 1n): StateEntry {
  const digest = new Uint8Array(32).fill(place & 255);
  new DataView(digest.buffer).setBigUint64(0, (BigInt(place) << 64n) / BigInt(count));
  const record = { length, domain: ZERO_DOMAIN, source: ZERO_DOMAIN };
  const publication = place % 2 === 0 ? { publication: 'published' as const } : {};
  return { key: { hashId: 1, digest }, record, tombstones: [], ...publication };
}

async function* entriesOf(count: number, isLeftOut: (place: number) => boolean): AsyncGenerator<StateEntry> {
  for (let place = 0; place < count; place++) if (!isLeftOut(place)) yield entryAt(place, count);
}

describe('[STO-ROOT-2] a change of a few keys', () => {
  const bound = (changed: number, count: number) => 8 * changed * (Math.ceil(Math.log2(count)) + 17);
  const isNew = (place: number) => place % 10 === 1;

  /** Trees of a state in which one key in ten is not there yet. */
  async function treesBefore(storage: Storage, count: number) {
    const nodes = new HashNodes(storage);
    const before = await buildTrees(entriesOf(count, isNew), nodes);
    await nodes.keep(true);
    return { before, files: nodes.files };
  }

  /** Some keys: new ones, ones that are gone, and mostly ones of which something else is said. */
  function changedKeys(changedCount: number, count: number, hasher: Hasher): KeyLeaves[] {
    return Array.from({ length: changedCount }, (_, index): KeyLeaves => {
      const place = Math.floor(((index + 0.5) * count) / changedCount);
      const entry = entryAt(place, count, 7n);
      return index % 10 === 2 ? { path: pathOf(entry.key) } : leavesOfEntry(entry, hasher);
    });
  }

  it('among a million takes few hashes', async () => {
    const count = 1_000_000;
    const storage = memoryStorage();
    const { before, files } = await treesBefore(storage, count);
    for (const changedCount of [1, 10, 1000]) {
      const hasher = countingHasher();
      const changed = changedKeys(changedCount, count, hasher);
      await updateTrees(before, changed, new HashNodes(storage, files, hasher));
      expect(hasher.count).toBeGreaterThan(changedCount);
      expect(hasher.count).toBeLessThanOrEqual(bound(changedCount, count));
    }
  });

  it('gives the trees that are made of all entries', async () => {
    const count = 20_000;
    const storage = memoryStorage();
    const { before, files } = await treesBefore(storage, count);
    for (const changedCount of [1, 30, 3000, count]) {
      const changed = changedKeys(changedCount, count, nodeSha256Hasher);
      const trees = await updateTrees(before, changed, new HashNodes(storage, files));
      const replaced = new Map(changed.map((leaves) => [formatHex(leaves.path), leaves]));
      for (let place = 0; place < count; place++) {
        const leaves = leavesOfEntry(entryAt(place, count), nodeSha256Hasher);
        const path = formatHex(leaves.path);
        if (!isNew(place) && !replaced.has(path)) replaced.set(path, leaves);
      }
      const all = [...replaced.values()].sort((left, right) => Buffer.compare(left.path, right.path));
      for (const kind of TREE_KINDS) {
        const leaves = all.flatMap((key) => key[kind] ?? []);
        const whole = subtreeOf(leaves, 0, nodeSha256Hasher);
        expect([formatHex(trees[kind].hash), trees[kind].count]).toEqual([
          formatHex(whole.hash),
          leaves.length,
        ]);
      }
    }
  });
});
