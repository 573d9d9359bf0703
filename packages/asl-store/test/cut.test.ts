import { formatHex, formatReference, type Reference, referenceOf } from '@amduat/asl-core';
import { encodePayload, type LogState, leafData, type SnapshotAnchor } from '@amduat/asl-log';
import { memoryStorage, openStore, type Storage, type Store, verifyStore } from '@amduat/asl-store';
import { formatIndexState } from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, wrapStorage } from './backends.js';
import { Draft, tombstone } from './draft.js';

function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

/** All that a store says at a position. */
async function saidAt(store: Store, position: bigint) {
  const view = await store.at(position);
  const keys: unknown[] = [];
  for await (const { reference, verdict, record, tombstones, publication } of view.entries()) {
    const { length, typeTag, logseq, visibility } = record ?? {};
    keys.push({
      key: formatReference(reference),
      verdict,
      length,
      typeTag,
      logseq,
      visibility,
      tombstones,
      publication,
    });
    const bytes = await view.get(reference);
    keys.push(bytes && formatHex(bytes));
  }
  return { state: formatIndexState(view.state), keys };
}

async function faultsOf(storage: Storage): Promise<string[]> {
  const faults: string[] = [];
  for await (const { object, error } of verifyStore(storage))
    faults.push(`${object} ${error.code}: ${error.message}`);
  return faults;
}

const RUNS = 1000;
const TEXTS = ['', 'a', 'b', 'c', 'd'];
const key = fc.nat({ max: TEXTS.length - 1 });
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('seal' as const), key }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'remove' as const,
        'tombstone' as const,
        'publish' as const,
        'unpublish' as const,
      ),
      key,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lift' as const), key: fc.nat({ max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), key }) },
);

type Operation = {
  readonly kind:
    | 'put'
    | 'seal'
    | 'remove'
    | 'tombstone'
    | 'publish'
    | 'unpublish'
    | 'lift'
    | 'snapshot'
    | 'reopen';
  readonly key: number;
};

/** Does what is asked; what the state does not allow is refused, in the same way everywhere. */
async function run(storage: Storage, operations: readonly Operation[]): Promise<string[]> {
  const outcomes: string[] = [];
  let store = await openStore(storage);
  let writer = await store.openWriter({ workerCount: 0 });
  for (const { kind, key } of operations) {
    const text = TEXTS[key % TEXTS.length] as string;
    const acts = {
      put: () => writer.put(bytesOf(text)).then(({ added }) => String(added)),
      seal: () => writer.seal(),
      remove: () => writer.remove(keyOf(text)).then(() => 'removed'),
      tombstone: () => writer.tombstone(keyOf(text)),
      publish: () => writer.publish([keyOf(text)]),
      unpublish: () => writer.unpublish([keyOf(text)]),
      lift: () => writer.lift(BigInt(key)),
      snapshot: () => writer.snapshot().then(({ anchor, added }) => `${anchor} ${added}`),
      reopen: async () => {
        await writer.close();
        store = await openStore(storage);
        writer = await store.openWriter({ workerCount: 0 });
        return 'reopened';
      },
    };
    outcomes.push(String(await acts[kind]().catch((error: { code: string }) => error.code)));
  }
  await writer.close();
  return outcomes;
}

describe('[LOG-CUT-3] [LOG-RPL-13] [STO-CUT-2] [STO-CMP-3] a log that was cut', () => {
  it('says from its base on what the whole log says, and goes on as it does', async () => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 8, maxLength: 30, size: 'max' }),
        fc.array(operation, { minLength: 4, maxLength: 12, size: 'max' }),
        async (before, after) => {
          const whole = memoryStorage();
          await initDemo(whole);
          await run(whole, before);
          const anchors = await (await openStore(whole)).anchors();
          const copies = await Promise.all(anchors.map(() => copyOf(whole)));
          const outcomes = await run(whole, after);
          // Without manifests replay starts from the beginning.
          const isManifest = (name: string) => name.startsWith('snapshots/') && name !== 'snapshots/genesis';
          const expected = await openStore(
            await copyOf(whole, (name, bytes) => (isManifest(name) ? undefined : bytes)),
          );
          const { position: last } = await expected.current();
          const said = new Map<bigint, unknown>();
          for (let position = 1n; position <= last; position++)
            said.set(position, await saidAt(expected, position));
          for (const [index, { snapshotLogseq }] of anchors.entries()) {
            cuts++;
            const cut = copies[index] as Storage;
            expect(await (await openStore(cut)).cut(snapshotLogseq)).toBe(snapshotLogseq);
            expect(await run(cut, after)).toEqual(outcomes);
            const store = await openStore(cut);
            expect((await store.current()).position).toBe(last);
            for (let position = 1n; position <= last; position++) {
              const isKept = anchors.some((anchor) => anchor.snapshotLogseq === position);
              if (position >= snapshotLogseq || isKept)
                expect(await saidAt(store, position)).toEqual(said.get(position));
              else expect(await codeOf(store.at(position))).toBe('LOG.TRUNCATED');
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
    expect(cuts).toBeGreaterThan(RUNS);
  });
});

describe('[LOG-CUT-3] cut, these histories go on as they would have', () => {
  const [put, seal, snapshot] = (['put', 'seal', 'snapshot'] as const).map((kind) => ({ kind, key: 1 }));
  const rest = [put, seal, snapshot, put, seal] as Operation[];
  it.each<[string, Operation[], Operation[]]>([
    ['tombstone, cut, seal', [{ kind: 'tombstone', key: 1 }, snapshot as Operation], rest],
    [
      'publish, rm, cut, seal',
      [
        put,
        seal,
        { kind: 'unpublish', key: 1 },
        { kind: 'remove', key: 1 },
        seal,
        { kind: 'publish', key: 1 },
        snapshot,
      ] as Operation[],
      rest,
    ],
    [
      'two tombstones, cut, lift',
      [put, seal, { kind: 'tombstone', key: 1 }, { kind: 'tombstone', key: 1 }, snapshot] as Operation[],
      [{ kind: 'lift', key: 2 }, put, { kind: 'lift', key: 3 }, ...rest] as Operation[],
    ],
  ])('%s', async (_, before, after) => {
    const whole = memoryStorage();
    await initDemo(whole);
    await run(whole, before);
    const cut = await copyOf(whole);
    const base = await (await openStore(cut)).cut();
    expect(await run(cut, after)).toEqual(await run(whole, after));
    const [store, expected] = [await openStore(cut), await openStore(whole)];
    const { position: last } = await expected.current();
    for (let position = base; position <= last; position++)
      expect(await saidAt(store, position)).toEqual(await saidAt(expected, position));
  });

  it('unknown type, cut: refused, and nothing is lost', async () => {
    const draft = await Draft.begin();
    draft.add(tombstone('a'));
    draft.add(await draft.anchor(draft.last)).addRaw(9, new Uint8Array(33));
    const store = await draft.open();
    expect(await codeOf(store.cut())).toBe('LOG.PARTIAL');
    expect((await store.refresh()).position).toBe(3n);
    expect((await (await openStore(draft.storage)).at(1n)).state.position).toBe(1n);
  });
});

describe('[LOG-CUT-2] [LOG-CUT-4] [STO-CUT-5] a cut log', () => {
  /** Anchors at 4 and 5 name 1 and 2. */
  async function anchored() {
    const draft = await Draft.begin();
    const [, one, two] = draft.add(tombstone('a')).add(tombstone('b')).states as [
      LogState,
      LogState,
      LogState,
    ];
    draft.add(tombstone('c'));
    const [first, second] = [await draft.anchor(one), await draft.anchor(two)] as SnapshotAnchor[];
    return { draft, first: first as SnapshotAnchor, second: { ...(second as SnapshotAnchor), logseq: 5n } };
  }

  it('holds an anchor that names its base and manifest', async () => {
    const { draft, first, second } = await anchored();
    draft.add(first).add(second).add(tombstone('d'));
    const copy = async () =>
      Object.assign(await Draft.begin(), { storage: await copyOf(draft.storage), records: draft.records });
    const store = await (await copy()).openCut(2n, second.manifestHash);
    expect((await store.current()).position).toBe(6n);
    expect((await store.at(2n)).state.position).toBe(2n);
    expect((await store.at(1n)).state.position).toBe(1n);
    expect(await codeOf((await (await copy()).openCut(2n, first.manifestHash)).current())).toBe('LOG.BASE');
    expect(await codeOf((await (await copy()).openCut(3n, second.manifestHash)).current())).toBe('LOG.BASE');
    const without = await copy();
    await without.storage.delete(`snapshots/${formatHex(second.manifestHash)}/0`);
    expect(await codeOf((await without.openCut(2n, second.manifestHash)).current())).toBe('LOG.BASE');
  });

  it('has anchors below its base checked against the leaves that were kept', async () => {
    const { draft, first, second } = await anchored();
    draft.add(first).add(second);
    await draft.openCut(2n, second.manifestHash);
    expect((await faultsOf(draft.storage)).filter((fault) => fault.includes('LOG.ANCHOR.SNAPSHOT'))).toEqual(
      [],
    );
    const forged = await anchored();
    const payload = encodePayload({
      public: 1,
      salt: new Uint8Array(32),
      body: { ...first, snapshotId: new Uint8Array(32) },
    });
    forged.draft
      .addRaw(4, payload)
      .addRaw(4, encodePayload({ public: 1, salt: new Uint8Array(32), body: second }));
    const store = await forged.draft.openCut(2n, second.manifestHash);
    expect((await store.current()).position).toBe(5n);
    expect(await codeOf(store.at(1n))).toBe('LOG.TRUNCATED');
    expect(await faultsOf(forged.draft.storage)).toContainEqual(
      expect.stringContaining('log/00000000000000000001 LOG.ANCHOR.SNAPSHOT'),
    );
  });

  it('has the leaves of all that was dropped', async () => {
    for (const change of [
      (leaves: Uint8Array) => leaves.subarray(33),
      (leaves: Uint8Array) => Buffer.concat([leaves, leaves.subarray(0, 33)]),
      (leaves: Uint8Array) => leaves.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
    ]) {
      const { draft, first, second } = await anchored();
      draft.add(first).add(second);
      const leaves = Buffer.concat(draft.records.slice(0, 2).map(leafData));
      await draft.openCut(2n, second.manifestHash, change(leaves));
      expect(await faultsOf(draft.storage)).toContainEqual(
        expect.stringContaining('leaves/00000000000000000002 STORE.CONFLICT'),
      );
    }
  });
});

describe.each(BACKENDS)('a cut on the $name', ({ make }) => {
  it('[LOG-CUT-1] [STO-CUT-1] [STO-CUT-3] [STO-CUT-4] keeps leaves and anchors, and no log file below', async () => {
    const { storage, again } = make();
    await initDemo(storage);
    await run(storage, [
      { kind: 'put', key: 1 },
      { kind: 'seal', key: 0 },
      { kind: 'snapshot', key: 0 },
      { kind: 'reopen', key: 0 },
      { kind: 'tombstone', key: 2 },
      { kind: 'snapshot', key: 0 },
      { kind: 'publish', key: 1 },
    ]);
    const store = closing(await openStore(again()));
    expect(await store.cut()).toBe(3n);
    expect(await storage.list('log/')).toHaveLength(1);
    expect(await storage.list('leaves/')).toEqual(['leaves/00000000000000000003']);
    expect(await storage.size('leaves/00000000000000000003')).toBe(3 * 33);
    expect(await storage.list('records/')).toEqual(['records/00000000000000000002']);
    expect(await faultsOf(storage)).toEqual([]);
    expect(await codeOf(store.cut(5n))).toBe('STORE.NOT_ANCHORED');
    expect(await codeOf(store.cut(2n))).toBe('STORE.NOT_ANCHORED');
    expect(await store.cut(3n)).toBe(3n);
    const reader = closing(await openStore(again()));
    expect((await reader.at(1n)).state.position).toBe(1n);
    expect(await codeOf(reader.at(2n))).toBe('LOG.TRUNCATED');
    expect((await reader.anchors()).map(({ logseq }) => logseq)).toEqual([4n]);
  });
});

it('[STO-CUT-4] a cut whose log file cannot be created removes nothing', async () => {
  const memory = memoryStorage();
  await initDemo(memory);
  await run(memory, [
    { kind: 'tombstone', key: 1 },
    { kind: 'snapshot', key: 0 },
  ]);
  const before = await memory.list('log/');
  const taken = wrapStorage(memory, {
    createOnce: async (name, parts) =>
      name.startsWith('log/') ? 'exists' : await memory.createOnce(name, parts),
  });
  expect(await codeOf((await openStore(taken)).cut())).toBe('STORE.CONFLICT');
  expect(await memory.list('log/')).toEqual(before);
  expect((await (await openStore(memory)).current()).position).toBe(2n);
});

it('[STO-CUT-7] a cut is made where others did not come to their end, with a lower one in between', async () => {
  const memory = memoryStorage();
  await initDemo(memory);
  await run(memory, [
    { kind: 'tombstone', key: 1 },
    { kind: 'snapshot', key: 0 },
    { kind: 'tombstone', key: 2 },
    { kind: 'snapshot', key: 0 },
  ]);
  const taken = wrapStorage(memory, {
    createOnce: async (name, parts) =>
      name.startsWith('log/') ? 'exists' : await memory.createOnce(name, parts),
  });
  expect(await codeOf((await openStore(taken)).cut(3n))).toBe('STORE.CONFLICT');
  expect(await memory.size(leavesName(3))).toBe(3 * 33);
  expect(await (await openStore(memory)).cut(1n)).toBe(1n);
  expect(await faultsOf(memory)).toEqual([]);
  expect(await (await openStore(memory)).cut(3n)).toBe(3n);
  expect(await memory.size(leavesName(3))).toBe(2 * 33);
  expect(await faultsOf(memory)).toEqual([]);
});

function leavesName(logseq: number): string {
  return `leaves/${logseq.toString().padStart(20, '0')}`;
}
