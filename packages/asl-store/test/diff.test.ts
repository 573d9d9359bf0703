import { formatReference, type Reference, referenceOf } from '@amduat/asl-core';
import {
  type Diff,
  diffStates,
  initStore,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
  type Writer,
} from '@amduat/asl-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, copyOf, initDemo } from './backends.js';
import { Draft, tombstone } from './draft.js';

function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

async function keysOf(diff: Diff): Promise<Record<string, string>> {
  const keys: Record<string, string> = {};
  for await (const { reference, causes } of diff.keys) keys[formatReference(reference)] = causes.join();
  return keys;
}

/** The same, from all entries of both states. */
async function expectedKeys(left: Store, leftAt: bigint, right: Store, rightAt: bigint, isWhole: boolean) {
  const said = new Map<string, [string, string][]>();
  for (const [side, view] of [await left.at(leftAt), await right.at(rightAt)].entries()) {
    for await (const { reference, record, tombstones, publication } of view.entries()) {
      const content = record ? `${record.typeTag} ${record.length}` : '';
      const policy = isWhole ? `${tombstones.join()} ${publication?.published}` : '';
      const key = formatReference(reference);
      const sides = said.get(key) ?? [
        ['', isWhole ? ' undefined' : ''],
        ['', isWhole ? ' undefined' : ''],
      ];
      sides[side] = [content, policy];
      said.set(key, sides);
    }
  }
  const keys: Record<string, string> = {};
  for (const key of [...said.keys()].sort()) {
    const [one, other] = said.get(key) as [[string, string], [string, string]];
    const causes: string[] = [];
    if (one[0] !== other[0]) causes.push(one[0] === '' ? 'extra' : other[0] === '' ? 'missing' : 'content');
    if (one[1] !== other[1]) causes.push('policy');
    if (causes.length > 0) keys[key] = causes.join();
  }
  return keys;
}

const key = fc.nat({ max: 80 });
const operation = fc.record({
  kind: fc.constantFrom(
    'put',
    'put',
    'put',
    'put',
    'remove',
    'tombstone',
    'publish',
    'unpublish',
    'seal',
    'snapshot',
  ),
  key,
});

async function act(writer: Writer, kind: string, key: number): Promise<void> {
  const reference = keyOf(`artifact ${key}`);
  const acts: Record<string, () => Promise<unknown>> = {
    put: () => writer.put(bytesOf(`artifact ${key}`)),
    remove: () => writer.remove(reference),
    tombstone: () => writer.tombstone(reference),
    publish: () => writer.publish([reference]),
    unpublish: () => writer.unpublish([reference]),
    seal: () => writer.seal(),
    snapshot: () => writer.snapshot(),
  };
  await acts[kind]?.().catch(() => {});
}

async function fill(name: string, operations: readonly { kind: string; key: number }[]): Promise<Store> {
  const storage = memoryStorage();
  await initStore(storage, { name, open: true, authorityKey: new Uint8Array(32) });
  const store = await openStore(storage);
  const writer = await store.openWriter({ workerCount: 0 });
  for (const { kind, key } of operations) await act(writer, kind, key);
  await writer.close();
  await store.refresh();
  return store;
}

const operations = fc.array(operation, { maxLength: 120, size: 'max' });

describe('[STO-DIF-1] [STO-DIF-2] two states', () => {
  it('of one log differ in the keys that all entries show, by the same causes', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.nat(), fc.nat(), async (done, first, second) => {
        const store = await fill('one', done);
        const { position } = await store.current();
        const [left, right] = [BigInt(first) % (position + 1n), BigInt(second) % (position + 1n)];
        const diff = await diffStates({ store, position: left }, { store, position: right });
        expect(diff.divergence).toBeUndefined();
        expect(diff.sameDomain).toBe(true);
        expect(await keysOf(diff)).toEqual(await expectedKeys(store, left, store, right, true));
      }),
      { numRuns: 60 },
    );
  });

  it('of two domains differ in the keys of which they do not hold the same content', async () => {
    await fc.assert(
      fc.asyncProperty(operations, operations, async (one, other) => {
        const [left, right] = [await fill('one', one), await fill('other', other)];
        const diff = await diffStates({ store: left }, { store: right });
        expect(diff.sameDomain).toBe(false);
        const [leftAt, rightAt] = [diff.left.position, diff.right.position];
        expect(await keysOf(diff)).toEqual(await expectedKeys(left, leftAt, right, rightAt, false));
      }),
      { numRuns: 40 },
    );
  });
});

describe('[STO-DIF-3] the logs of two stores of one domain', () => {
  async function grow(storage: Storage, texts: readonly string[]): Promise<Store> {
    const store = await openStore(storage);
    const writer = await store.openWriter({ workerCount: 0 });
    for (const text of texts) {
      await writer.put(bytesOf(text));
      await writer.seal();
    }
    await writer.close();
    await store.refresh();
    return store;
  }

  it('part at the first record that is not the same', async () => {
    const storage = memoryStorage();
    await initDemo(storage);
    await grow(storage, ['a', 'b']);
    const other = await copyOf(storage);
    const longer = await copyOf(storage);
    const left = await grow(storage, ['c', 'd']);
    const right = await grow(other, ['x', 'c', 'd']);
    const diff = await diffStates({ store: left }, { store: right });
    expect(diff.divergence?.logseq).toBe(3n);
    expect(diff.divergence?.left.recordHash).not.toEqual(diff.divergence?.right.recordHash);
    expect(await keysOf(diff)).toEqual({ [formatReference(keyOf('x'))]: 'extra' });
    const prefix = await diffStates({ store: left, position: 2n }, { store: await grow(longer, []) });
    expect(prefix.divergence).toBeUndefined();
    expect(await keysOf(prefix)).toEqual({});
  });
});

it('[STO-DIF-4] a state with records of unknown types is not compared by keys', async () => {
  const draft = await Draft.begin();
  draft.add(tombstone('a')).addRaw(9, new Uint8Array(33));
  const store = await draft.open();
  const diff = await diffStates({ store, position: 1n }, { store });
  expect(diff.skipped).toEqual({ left: [], right: [9] });
  expect(await keysOf(diff)).toEqual({});
});

it('[STO-DIF-5] states of a hundred thousand keys that differ in three are compared by few subtrees', async () => {
  const storage = memoryStorage();
  await initDemo(storage);
  const store = await openStore(storage);
  const writer = await store.openWriter();
  for (let index = 0; index < 100_000; index++) await writer.put(bytesOf(`artifact ${index}`));
  await writer.seal();
  const { state: before } = await writer.snapshot();
  await writer.put(bytesOf('one more'));
  await writer.remove(keyOf('artifact 5'));
  await writer.tombstone(keyOf('artifact 77'));
  await writer.seal();
  const { state: after } = await writer.snapshot();
  await writer.close();
  await store.refresh();
  const diff = await diffStates({ store, position: before.position }, { store, position: after.position });
  expect(await keysOf(diff)).toEqual({
    [formatReference(keyOf('one more'))]: 'extra',
    [formatReference(keyOf('artifact 5'))]: 'missing',
    [formatReference(keyOf('artifact 77'))]: 'policy',
  });
  expect(diff.readCount).toBeGreaterThan(3);
  expect(diff.readCount).toBeLessThan(300);
});
