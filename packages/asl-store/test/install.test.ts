import { formatHex, formatReference, referenceOf } from '@amduat/asl-core';
import type { SnapshotAnchor } from '@amduat/asl-log';
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
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, wrapStorage } from './backends.js';
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

/** As {@link fill}, cut at an anchor that is not the last one. */
async function cutSource(): Promise<Storage> {
  const from = memoryStorage();
  const store = await fill(from);
  const anchors = await store.anchors();
  expect(anchors.length).toBeGreaterThan(3);
  await store.cut(anchors[1]?.snapshotLogseq);
  return from;
}

it('[STO-INS-4] an install copies what the anchors above its own name, as far as it is there', async () => {
  const from = memoryStorage();
  const source = await fill(from);
  const [first, ...above] = await source.anchors();
  const lost = above.at(-1) as SnapshotAnchor;
  const manifestName = ({ manifestHash }: SnapshotAnchor) => `snapshots/${formatHex(manifestHash)}/0`;
  const to = memoryStorage();
  await installSnapshot(from, to, { position: (first as SnapshotAnchor).snapshotLogseq });
  for (const kind of ['snapshots/', 'policies/']) expect(await to.list(kind)).toEqual(await from.list(kind));
  // Replay begins at the last anchor: what is below its position is not looked at.
  const reads: string[] = [];
  const reading = wrapStorage(to, {
    read: async (name, offset, length) => {
      reads.push(name);
      return await to.read(name, offset, length);
    },
  });
  const store = await openStore(reading);
  expect((await store.current()).position).toBe((await source.current()).position);
  expect(reads).toContain(manifestName(lost));
  const without = await copyOf(from, (name, bytes) => (name === manifestName(lost) ? undefined : bytes));
  const less = memoryStorage();
  await installSnapshot(without, less, { position: (first as SnapshotAnchor).snapshotLogseq });
  expect(await less.list('snapshots/')).toEqual(await without.list('snapshots/'));
});

describe('[STO-INS-5] an install of what cuts kept', () => {
  it.each([
    ['leaves that are cut short', 'leaves/', (bytes: Uint8Array) => bytes.subarray(33), 'STORE.CONFLICT'],
    ['leaves of another base', 'leaves/', flipped(-1), 'STORE.CONFLICT'],
    ['leaves that are lost', 'leaves/', () => undefined, 'STORE.CONFLICT'],
    ['a record that says something else', 'records/', flipped(90), 'STORE.CONFLICT'],
  ] as const)('is refused with %s, and can be done again', async (_, kind, change, code) => {
    const from = await cutSource();
    const [name] = (await from.list(kind)) as [string];
    const damaged = await copyOf(from, (other, bytes) => (other === name ? change(bytes) : bytes));
    const to = memoryStorage();
    expect(await codeOf(installSnapshot(damaged, to))).toBe(code);
    expect(await codeOf(openStore(to))).toBe('STORE.NOT_A_STORE');
    await installSnapshot(from, to);
    expect(await faultsOf(to)).toEqual([]);
  });
});

it('[STO-INS-6] an install takes away what one left that did not end', async () => {
  const from = await cutSource();
  const to = memoryStorage();
  const left = [leavesName(3), leavesName(99), 'records/00000000000000000001', 'log/00000000000000000001'];
  for (const name of left) await to.createOnce(name, [bytesOf('of another log')]);
  await installSnapshot(from, to);
  expect(await faultsOf(to)).toEqual([]);
  const [leaves] = (await from.list('leaves/')) as [string];
  expect((await to.list('leaves/'))[0]).toBe(leaves);
});

it('[STO-INS-7] an install takes nothing away from a store that lost its genesis manifest', async () => {
  const from = await cutSource();
  for (const name of ['writer/00000000000000000001', 'log/00000000000000000002']) {
    const to = memoryStorage();
    const names = [name, 'log/00000000000000000001', leavesName(3)].sort();
    for (const other of names) await to.createOnce(other, [bytesOf('of a store')]);
    expect(await codeOf(installSnapshot(from, to))).toBe('STORE.CONFLICT');
    expect(await to.list('')).toEqual(names);
  }
});

function leavesName(logseq: number): string {
  return `leaves/${logseq.toString().padStart(20, '0')}`;
}

function flipped(at: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) =>
    bytes.map((byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ 1 : byte));
}
