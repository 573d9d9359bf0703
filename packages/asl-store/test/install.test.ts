import { formatHex, formatReference, referenceOf } from '@amduat/asl-core';
import {
  installSnapshot,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
  verifyStore,
} from '@amduat/asl-store';
import { formatIndexState } from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo } from './backends.js';
import { Draft, tombstone } from './draft.js';

async function saidAt(store: Store, position: bigint) {
  const view = await store.at(position);
  const keys: unknown[] = [];
  for await (const { reference, verdict, record, tombstones } of view.entries()) {
    const bytes = await view.get(reference);
    keys.push([formatReference(reference), verdict, record?.logseq, tombstones, bytes && formatHex(bytes)]);
  }
  return { state: formatIndexState(view.state), keys };
}

async function faultsOf(storage: Storage): Promise<string[]> {
  const faults: string[] = [];
  for await (const { object, error } of verifyStore(storage)) faults.push(`${object} ${error.message}`);
  return faults;
}

/** A store with many seals, anchors at several positions, and records above the last. */
async function fill(storage: Storage): Promise<Store> {
  const store = await initDemo(storage);
  const writer = await store.openWriter({ limits: { blockLength: 64, smallLength: 16 } });
  for (let index = 0; index < 40; index++) {
    await writer.put(bytesOf(`artifact ${index % 30} ${'x'.repeat(index)}`), { publish: index % 3 === 0 });
    await writer.seal();
    if (index % 9 === 4)
      await writer.remove(referenceOf({ bytes: bytesOf(`artifact 1 ${'x'.repeat(1)}`) })).catch(() => {});
    if (index % 10 === 7) await writer.snapshot();
  }
  await writer.tombstone(referenceOf({ bytes: bytesOf('artifact 0 ') }));
  await writer.close();
  await store.refresh();
  return store;
}

describe.each(BACKENDS)('an install of a snapshot on the $name', ({ make }) => {
  it('[STO-INS-1] [STO-INS-3] answers as the store it was made from, at every position from its own on', async () => {
    const from = make();
    const source = await fill(from.storage);
    const { position: last } = await source.current();
    const anchors = await source.anchors();
    expect(anchors.length).toBeGreaterThan(3);
    for (const { snapshotLogseq } of anchors) {
      const to = memoryStorage();
      const { position } = await installSnapshot(from.storage, to, { position: snapshotLogseq });
      expect(position).toBe(snapshotLogseq);
      const store = closing(await openStore(to));
      expect(await faultsOf(to)).toEqual([]);
      for (let at = position; at <= last; at++)
        expect(await saidAt(store, at)).toEqual(await saidAt(source, at));
      expect(await codeOf(store.at(position - 1n))).toBe('LOG.TRUNCATED');
    }
    const again = memoryStorage();
    expect((await installSnapshot(from.storage, again)).position).toBe(
      (anchors.at(-1) as { snapshotLogseq: bigint }).snapshotLogseq,
    );
    const further = make().storage;
    await installSnapshot(again, further);
    expect(await saidAt(closing(await openStore(further)), last)).toEqual(await saidAt(source, last));
    expect(await faultsOf(further)).toEqual([]);
  });
});

describe('[STO-INS-2] an install', () => {
  it('leaves no store when it is refused', async () => {
    const from = memoryStorage();
    await fill(from);
    expect(await codeOf(installSnapshot(from, from))).toBe('STORE.EXISTS');
    expect(await codeOf(installSnapshot(memoryStorage(), memoryStorage()))).toBe('STORE.NOT_A_STORE');
    expect(await codeOf(installSnapshot(from, memoryStorage(), { position: 2n }))).toBe('STORE.NOT_ANCHORED');
    const installed = memoryStorage();
    await installSnapshot(from, installed);
    for (const [kind, code] of [
      ['blocks', 'CORE.BLOCK.DIGEST'],
      ['segments', 'SEG.DIGEST'],
    ] as const) {
      const [name] = (await installed.list(`${kind}/`)) as [string];
      const damaged = await copyOf(from, (other, bytes) =>
        other === name ? bytes.map((byte) => byte ^ 1) : bytes,
      );
      const to = memoryStorage();
      expect(await codeOf(installSnapshot(damaged, to))).toBe(code);
      expect(await codeOf(openStore(to))).toBe('STORE.NOT_A_STORE');
      const gone = await copyOf(from, (other, bytes) => (other === name ? undefined : bytes));
      expect(await codeOf(installSnapshot(gone, to))).toBe('STORE.MISSING');
      await installSnapshot(from, to);
      expect(await faultsOf(to)).toEqual([]);
    }
  });
});

it('[STO-INS-2] an install refuses what is not what its anchor says', async () => {
  const draft = await Draft.begin();
  draft.add(tombstone('a'));
  // The anchor carries roots of nothing.
  draft.add(await draft.anchor(draft.last)).add(tombstone('b'));
  await draft.open();
  const to = memoryStorage();
  expect(await codeOf(installSnapshot(draft.storage, to))).toBe('LOG.ANCHOR.ROOT');
  expect(await codeOf(openStore(to))).toBe('STORE.NOT_A_STORE');
});
