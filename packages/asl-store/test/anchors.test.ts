import { formatHex, type Reference, referenceOf } from '@amduat/asl-core';
import { appendRecord, applyRecord, type RecordBody, type SnapshotAnchor } from '@amduat/asl-log';
import { memoryStorage, openStore, type Storage, type Store, verifyStore } from '@amduat/asl-store';
import { decodeManifest, formatIndexState, type Manifest, snapshotIdOf } from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, wrapStorage } from './backends.js';
import { Draft, tombstone } from './draft.js';

const ZEROS = new Uint8Array(32);

function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

/** A storage that counts the octets that are read of it. */
function counting(storage: Storage): Storage & { count: number } {
  const { readSync } = storage;
  const counted = {
    ...wrapStorage(storage, {
      async read(name, offset, length) {
        const bytes = await storage.read(name, offset, length);
        counted.count += bytes?.length ?? 0;
        return bytes;
      },
      ...(readSync && {
        readSync(name, offset, length) {
          const bytes = readSync(name, offset, length);
          counted.count += bytes?.length ?? 0;
          return bytes;
        },
      }),
    }),
    count: 0,
  };
  return counted;
}

/** A store of many artifacts, sealed one by one up to a thousand of them, anchored, and a few records above. */
async function anchoredStore(artifactCount: number): Promise<Storage> {
  const storage = memoryStorage();
  const store = await initDemo(storage);
  const writer = await store.openWriter();
  for (let index = 0; index < artifactCount; index++) {
    await writer.put(bytesOf(`artifact ${index}`));
    if (index < 1000) await writer.seal();
  }
  await writer.seal();
  await writer.snapshot();
  for (let index = 0; index < 10; index++) await writer.tombstone(keyOf(`artifact ${index}`));
  await writer.close();
  return storage;
}

describe('[STO-RDR-9] [STO-CMP-2] what is read to open a store', () => {
  it('does not grow with what is below the last anchor, but for the list of segments', async () => {
    const read: { bytes: number; segments: number }[] = [];
    for (const artifactCount of [1000, 100_000]) {
      const storage = counting(await anchoredStore(artifactCount));
      const store = await openStore(storage);
      const { position } = await store.current();
      const view = await store.at();
      const bytes = storage.count;
      const [anchor] = await store.anchors();
      const manifest = await storage.read(
        `snapshots/${formatHex(anchor?.manifestHash as Uint8Array)}/0`,
        0,
        2 ** 20,
      );
      const { segments } = decodeManifest(manifest as Uint8Array);
      expect(position).toBe((anchor?.logseq as bigint) + 10n);
      expect((await view.stat(keyOf('artifact 0'))).verdict).toBe('inadmissible');
      expect((await view.stat(keyOf(`artifact ${artifactCount - 1}`))).verdict).toBe('internal');
      // A thousand seals are few segments in a manifest (STO-CMP-2).
      expect(segments.length).toBeLessThanOrEqual(8 + Math.ceil(artifactCount / 4096));
      read.push({ bytes, segments: segments.length });
    }
    const [few, many] = read as [(typeof read)[0], (typeof read)[0]];
    expect(many.bytes - few.bytes).toBe(40 * (many.segments - few.segments));
    // The tail: ten records of 120 octets, an anchor, and what is around them.
    expect(few.bytes).toBeLessThan(8000);
  });

  it('does not grow with what is published below the last anchor, but for a hash for each 128 pages', async () => {
    const read: { bare: number; tailed: number; groupCount: number }[] = [];
    for (const keyCount of [1000, 10_000, 100_000]) {
      const memory = memoryStorage();
      await publishedStore(memory, keyCount);
      const bare = await octetsToOpen(memory);
      // A second reader beside the first, so that nothing of what it made is what counts.
      expect(await octetsToOpen(memory)).toBe(bare);
      const writer = await (await openStore(memory)).openWriter();
      for (let index = 0; index < 10; index++) await writer.tombstone(keyOf(`artifact ${index}`));
      await writer.close();
      read.push({
        bare,
        tailed: await octetsToOpen(memory),
        groupCount: Math.ceil((64 + 56 * keyCount) / 2 ** 19),
      });
    }
    const [least, few, many] = read as [(typeof read)[0], (typeof read)[0], (typeof read)[0]];
    // A table of 16 pages is read as a whole; of a greater one a page, and the hashes of 128.
    expect(least.bare).toBeLessThan(2 ** 16 + 4000);
    expect(few.bare).toBeLessThan(2 * 4096 + 32 * few.groupCount + 4000);
    expect(many.bare - few.bare).toBe(32 * (many.groupCount - few.groupCount));
    // The tail: ten records, with the pages in which their rows are looked for, and the hashes of those.
    for (const { bare, tailed, groupCount } of read) {
      expect(tailed - bare).toBeLessThan(4096 * (10 * 8 + groupCount) + 8000);
    }
  });
});

describe('[STO-RDR-10] a policy table of 10^5 rows', () => {
  it('is kept in memory up to 4 MiB, and read again beyond', async () => {
    const memory = memoryStorage();
    await publishedStore(memory, 100_000);
    const storage = counting(memory);
    const view = await (await openStore(storage)).at();
    const counts: number[] = [];
    for (let round = 0; round < 2; round++) {
      const before = storage.count;
      let count = 0;
      for await (const { publication } of view.entries()) if (publication?.published) count++;
      expect(count).toBe(100_000);
      counts.push(storage.count - before);
    }
    const length = 64 + 56 * 100_000;
    for (const count of counts) {
      expect(count).toBeGreaterThan(length - 2 ** 22);
      expect(count).toBeLessThan(length + 13 * 4096);
    }
  });
});

/** A store in which many keys are published, whether or not anyone put their bytes, and anchored. */
async function publishedStore(storage: Storage, keyCount: number): Promise<void> {
  const writer = await (await initDemo(storage)).openWriter();
  for (let from = 0; from < keyCount; from += 1000) {
    await writer.publish(Array.from({ length: 1000 }, (_, index) => keyOf(`artifact ${from + index}`)));
  }
  await writer.snapshot();
  await writer.close();
}

/** How many octets are read until the last state is known. */
async function octetsToOpen(objects: Storage): Promise<number> {
  const storage = counting(objects);
  const store = await openStore(storage);
  await store.at();
  return storage.count;
}

/** What a store says of its last position and of some below. */
async function said(store: Store) {
  const { position } = await store.current();
  const states: string[] = [];
  for (let at = 1n; at <= position; at++) {
    const view = await store.at(at);
    const verdicts: string[] = [];
    for await (const { verdict, record } of view.entries()) verdicts.push(`${verdict} ${record?.logseq}`);
    states.push(`${formatIndexState(view.state)} ${verdicts.join()}`);
  }
  return states;
}

describe.each(BACKENDS)('a store on the $name that is opened from an anchor', ({ make }) => {
  it('[STO-RDR-8] [LOG-RPL-11] says the same whatever of the place and the snapshots is lost or damaged', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    for (let round = 0; round < 3; round++) {
      const writer = await store.openWriter();
      for (let index = 0; index < 4; index++) {
        await writer.put(bytesOf(`artifact ${index + round}`), { publish: index === 0 });
        await writer.seal();
      }
      await writer.tombstone(keyOf(`artifact ${round}`));
      if (round < 2) await writer.snapshot();
      await writer.close();
    }
    const expected = await said(closing(await openStore(again())));
    const place = (await storage.read('derived/anchor', 0, 1000)) as Uint8Array;
    for (let at = 0; at < place.length; at += 5) {
      await storage.keep('derived/anchor', [place.map((byte, index) => (index === at ? byte ^ 0x20 : byte))]);
      expect(await said(closing(await openStore(again())))).toEqual(expected);
    }
    await storage.delete('derived/anchor');
    expect(await said(closing(await openStore(again())))).toEqual(expected);
    const objects = [...(await storage.list('snapshots/')), ...(await storage.list('policies/'))];
    for (const name of objects) {
      if (name === 'snapshots/genesis') continue;
      for (const change of [
        () => undefined,
        (bytes: Uint8Array) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
      ]) {
        const copy = await copyOf(storage, (other, bytes) => (other === name ? change(bytes) : bytes));
        await copy.keep('derived/anchor', [place]);
        expect(await said(await openStore(copy))).toEqual(expected);
      }
    }
    await storage.keep('derived/anchor', [place]);
  });
});

describe('[LOG-RPL-12] an anchor whose manifest is not that of its position', () => {
  it.each([
    ['domain', { domainId: new Uint8Array(32).fill(9) }, 'MANIFEST.DOMAIN'],
    ['position', { position: 1n }, 'MANIFEST.SNAPSHOT'],
    ['record hash', { recordHash: ZEROS }, 'MANIFEST.SNAPSHOT'],
    ['blind', { blind: new Uint8Array(32).fill(1) }, 'MANIFEST.BLIND'],
    ['types', { types: [] }, 'MANIFEST.TYPES'],
  ])('but of another %s ends the positions from its own on', async (_, change, code) => {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).add(tombstone('b'));
    draft.add(await draft.anchor(draft.last, change)).add(tombstone('c'));
    const store = await draft.open();
    expect(await codeOf(store.current())).toBe(code);
    expect((await store.at(2n)).state.position).toBe(2n);
    expect(await codeOf(store.at(3n))).toBe(code);
    expect(await codeOf(store.at(4n))).toBe(code);
  });

  it('is not looked at from a later anchor that is right', async () => {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).add(tombstone('b'));
    draft.add(await draft.anchor(draft.last, { blind: new Uint8Array(32).fill(1) })).add(tombstone('c'));
    draft.add(await draft.anchor(draft.last)).add(tombstone('d'));
    const store = await draft.open();
    expect((await store.current()).position).toBe(6n);
    expect((await store.at(4n)).state.position).toBe(4n);
    expect(await codeOf(store.at(3n))).toBe('MANIFEST.BLIND');
    expect((await store.at(2n)).state.position).toBe(2n);
  });
});

describe('[LOG-RPL-4] [LOG-RPL-10] an invalid record', () => {
  it('ends the positions from its own on, up to the next that is anchored', async () => {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).add(tombstone('b'));
    const below = draft.last;
    // A lift of what is no tombstone.
    const lift = new Uint8Array(41);
    [lift[0], lift[33]] = [1, 77];
    draft.addRaw(3, lift);
    const hash = draft.lastHash;
    // What the owner of the log takes for the state after it.
    const state = applyRecord(below, { ...appendRecord(below, tombstone('c'), undefined).record });
    const manifest = { position: 3n, recordHash: hash, types: [2, 3] };
    const anchor = (await draft.anchor(state, manifest)) as Extract<RecordBody, { type: 'snapshot-anchor' }>;
    const snapshotId = snapshotIdOf(below.domainId, 3n, hash);
    const { record } = appendRecord(state, { ...anchor, snapshotId: state.indexState.snapshotId }, undefined);
    const payload = record.payload.slice();
    payload.set(snapshotId, 33);
    draft.addRaw(4, payload);
    const store = await draft.open();
    expect((await store.current()).position).toBe(4n);
    expect((await store.at(3n)).state.position).toBe(3n);
    expect((await store.at(2n)).state.position).toBe(2n);
    await draft.storage.delete(`snapshots/${formatHex(anchor.manifestHash)}/0`);
    const without = await openStore(draft.storage);
    expect(await codeOf(without.current())).toBe('LOG.LIFT');
    expect(await codeOf(without.at(3n))).toBe('LOG.LIFT');
    expect((await without.at(2n)).state.position).toBe(2n);
  });
});

describe('[STX-MAN-11] [LOG-ACT-7] a verification', () => {
  /** Two tombstones, an anchor with other roots or of a manifest with another content, and what is found. */
  async function faultsOf(
    change: Partial<Manifest>,
    roots: { stateRoot?: Uint8Array; publicRoot?: Uint8Array } = {},
  ) {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).add(tombstone('b'));
    const right = await (await storeOf(draft)).roots({ position: 2n });
    const body = (await draft.anchor(draft.last, change)) as SnapshotAnchor;
    draft.add({ ...body, ...right, ...roots });
    await draft.open();
    const faults: string[] = [];
    for await (const { object, error } of verifyStore(draft.storage))
      faults.push(`${object.split('/')[0]} ${error.code}`);
    return faults;
  }

  async function storeOf(draft: Draft): Promise<Store> {
    const copy = Object.assign(await Draft.begin(), {
      records: [...draft.records],
      states: [...draft.states],
    });
    return await copy.open();
  }

  it('names a manifest that does not give the state of its position', async () => {
    expect(await faultsOf({})).toEqual([]);
    expect(await faultsOf({ types: [1, 2] })).toEqual(['snapshots MANIFEST.STATE']);
    expect(await faultsOf({ types: [3] })).toEqual(['snapshots MANIFEST.STATE']);
    expect(await faultsOf({ anchored: 1n })).toEqual(['snapshots MANIFEST.STATE']);
    const segments = [{ logseq: 1n, segmentId: ZEROS }];
    expect(await faultsOf({ segments })).toContain('segments STORE.MISSING');
    expect(await faultsOf({ policyHash: ZEROS })).toContain('snapshots MANIFEST.STATE');
    expect(await faultsOf({ position: 1n })).toEqual(['snapshots MANIFEST.SNAPSHOT']);
  });

  it('names an anchor with the roots of something else', async () => {
    expect(await faultsOf({}, { stateRoot: ZEROS })).toEqual(['log LOG.ANCHOR.ROOT']);
    expect(await faultsOf({}, { publicRoot: new Uint8Array(32).fill(1) })).toEqual(['log LOG.ANCHOR.ROOT']);
  });
});

describe('[STO-CMP-1] the segments of a manifest', () => {
  it('are the same for the same calls, whatever was merged before, and wherever the log was opened', async () => {
    const manifests: string[][] = [];
    for (const forget of [false, true]) {
      const storage = memoryStorage();
      let store = await initDemo(storage);
      for (let round = 0; round < 4; round++) {
        const writer = await store.openWriter({ workerCount: 0 });
        for (let index = 0; index < 25; index++) {
          await writer.put(bytesOf(`artifact ${round} ${index}`));
          await writer.seal();
          if (!forget) await (await store.at()).stat(keyOf('a lookup, which merges'));
        }
        await writer.snapshot();
        await writer.close();
        if (forget) for (const name of await storage.list('derived/')) await storage.delete(name);
        if (forget) store = await openStore(storage);
      }
      manifests.push((await storage.list('snapshots/')).filter((name) => name !== 'snapshots/genesis'));
    }
    expect(manifests[0]).toHaveLength(4);
    expect(manifests[1]).toEqual(manifests[0]);
  });
});
