import { formatHex, type Reference, referenceOf } from '@amduat/asl-core';
import {
  decodePayload,
  encodeFrame,
  encodeHeader,
  type LogRecord,
  recordHashOf,
  replay,
  type SnapshotAnchor,
  stateAtManifest,
} from '@amduat/asl-log';
import {
  nodeSha256Hasher as hasher,
  initStore,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
  type WriterOptions,
} from '@amduat/asl-store';
import {
  blindOf,
  decodeManifest,
  decodePolicy,
  equalIndexStates,
  type Manifest,
  stateRootOf,
} from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, initDemo, wrapStorage } from './backends.js';

const SECRET = new Uint8Array(32).fill(0x5e);

function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

async function readWhole(storage: Storage, name: string): Promise<Uint8Array> {
  return (await storage.read(name, 0, (await storage.size(name)) ?? 0)) as Uint8Array;
}

async function recordsOf(store: Store): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of store.log()) records.push(record);
  return records;
}

/** The manifest an anchor names, checked against the log, and the state that it gives. */
async function readSnapshot(storage: Storage, store: Store, anchor: SnapshotAnchor) {
  const { snapshotLogseq: position, manifestHash: hash } = anchor;
  const records = await recordsOf(store);
  const { recordHash } = records[Number(position) - 1] as LogRecord;
  const snapshot = { domainId: store.domainId, position, recordHash, open: store.genesis.open };
  const encoded = await readWhole(storage, `snapshots/${formatHex(hash)}/0`);
  const manifest: Manifest = decodeManifest(encoded, { hash, snapshot });
  const policyFile = await readWhole(storage, `policies/${formatHex(manifest.policyHash)}/0`);
  const policy = decodePolicy(policyFile, { hash: manifest.policyHash, position });
  return { manifest, state: stateAtManifest(manifest, policy, store.genesis.open), records };
}

describe.each(BACKENDS)('a snapshot on the $name', ({ make }) => {
  it('[STO-SNP-1] is of what was durable, and seals nothing', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writer.put(bytesOf('sealed'));
    await writer.seal();
    await writer.put(bytesOf('open'));
    const taken = writer.snapshot();
    const later = await writer.put(bytesOf('later'));
    const result = await taken;
    expect(result).toMatchObject({ state: { position: 1n }, anchor: 2n, added: true });
    await writer.close();
    expect(await later.sealed).toBe(3n);
    const reader = closing(await openStore(again()));
    expect((await reader.anchors()).map(({ logseq, snapshotLogseq }) => [logseq, snapshotLogseq])).toEqual([
      [2n, 1n],
    ]);
    const keys = [];
    for await (const { reference } of (await reader.at(1n)).entries()) keys.push(reference);
    expect(keys).toEqual([keyOf('sealed')]);
    expect(equalIndexStates(result.state, (await reader.at(1n)).state)).toBe(true);
  });

  it('[STO-SNP-3] adds nothing when nothing but anchors came, and is not of the empty log', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    expect(await codeOf(writer.snapshot())).toBe('LOG.ANCHOR.POSITION');
    await writer.tombstone(keyOf('x'));
    const first = await writer.snapshot();
    const second = await writer.snapshot();
    expect(second).toEqual({ ...first, added: false });
    expect(writer.state.position).toBe(2n);
    await writer.lift(1n);
    expect(await writer.snapshot()).toMatchObject({ state: { position: 3n }, anchor: 4n, added: true });
    const both = await Promise.all([writer.snapshot(), writer.snapshot()]);
    expect(both.map(({ added, anchor }) => [added, anchor])).toEqual([
      [false, 4n],
      [false, 4n],
    ]);
    await writer.close();
    expect(await codeOf(writer.snapshot())).toBe('STORE.WRITER_STOPPED');
  });

  it('[STX-MAN-11] gives the state of its position, from which the log goes on', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writer.put(bytesOf('a'), { publish: true, typeTag: 7 });
    await writer.put(bytesOf('b'));
    await writer.seal();
    await writer.tombstone(keyOf('b'));
    await writer.tombstone(keyOf('nobody put this'));
    const { state } = await writer.snapshot();
    await writer.unpublish([keyOf('a')]);
    await writer.lift(3n);
    await writer.put(bytesOf('c'));
    await writer.seal();
    await writer.snapshot();
    await writer.close();
    await store.refresh();
    const last = await store.current();
    const anchors = await store.anchors();
    expect(anchors).toHaveLength(2);
    for (const anchor of anchors) {
      const { manifest, state: base, records } = await readSnapshot(storage, store, anchor);
      const reached = replay(base, records.slice(Number(base.position)), last.position);
      expect(equalIndexStates(reached.indexState, last)).toBe(true);
      expect(manifest.types).toEqual(
        anchor.snapshotLogseq === state.position ? [1, 2, 5] : [1, 2, 3, 4, 5, 6],
      );
      expect(manifest.anchored).toBe(anchor.snapshotLogseq === state.position ? 0n : state.position);
    }
  });

  it('[STX-ROOT-4] is blinded in a closed domain, by its position', async () => {
    const { storage } = make();
    await initStore(storage, { name: 'closed', authorityKey: new Uint8Array(32), nonce: new Uint8Array(32) });
    const store = closing(await openStore(storage));
    const writer = await store.openWriter({ secret: SECRET });
    await writer.put(bytesOf('a'));
    await writer.seal();
    const { roots } = await writer.snapshot();
    await writer.close();
    await store.refresh();
    const [anchor] = (await store.anchors()) as [SnapshotAnchor];
    const { manifest } = await readSnapshot(storage, store, anchor);
    expect(formatHex(manifest.blind)).toBe(formatHex(blindOf(SECRET, 1n)));
    expect(manifest.blind.some((byte) => byte !== 0)).toBe(true);
    expect(await codeOf(store.roots({ position: 1n }))).toBe('DOM.SECRET');
    expect(await store.roots({ position: 1n, secret: SECRET })).toEqual(roots);
    const others = await store.roots({ position: 1n, secret: new Uint8Array(32) });
    expect(formatHex(others.stateRoot)).not.toBe(formatHex(roots.stateRoot));
    expect(formatHex(others.contentRoot)).toBe(formatHex(roots.contentRoot));
  });
});

it('[STO-SNP-2] a policy table is durable before its manifest, and that before the anchor', async () => {
  const done: string[] = [];
  const memory = memoryStorage();
  const storage = wrapStorage(memory, {
    async createOnce(name, parts) {
      const outcome = await memory.createOnce(name, parts);
      done.push(name.split('/')[0] as string);
      return outcome;
    },
    async append(name, bytes) {
      done.push(`before ${name.split('/')[0]}`);
      await memory.append(name, bytes);
    },
  });
  const store = await initDemo(storage);
  const writer = await store.openWriter();
  await writer.publish([keyOf('a')]);
  done.length = 0;
  await writer.snapshot();
  expect(done).toEqual(['policies', 'snapshots', 'before log']);
  await writer.close();
});

describe('[STX-TRIE-2] [STX-ROOT-1] ContentRoot', () => {
  const texts = Array.from({ length: 300 }, (_, index) => `artifact ${index}`);

  async function contentRoot(
    name: string,
    order: readonly string[],
    options: WriterOptions,
    sealEvery: number,
  ) {
    const storage = memoryStorage();
    await initStore(storage, { name, open: true, authorityKey: new Uint8Array(32) });
    const store = await openStore(storage);
    const writer = await store.openWriter(options);
    for (const [index, text] of order.entries()) {
      await writer.put(bytesOf(text), Number(text.slice(9)) % 2 === 0 ? { typeTag: 1 } : {});
      if (index % sealEvery === 0) await writer.seal();
    }
    await writer.close();
    await store.refresh();
    return formatHex((await store.roots()).contentRoot);
  }

  it('is the same in another order, packed otherwise, sealed otherwise, in another domain', async () => {
    const root = await contentRoot('one', texts, {}, 1000);
    expect(await contentRoot('two', texts, {}, 1000)).toBe(root);
    expect(await contentRoot('one', [...texts].reverse(), {}, 1000)).toBe(root);
    const limits = { blockLength: 16, smallLength: 5, segmentRecordCount: 7 };
    expect(await contentRoot('one', texts, { limits }, 1000)).toBe(root);
    expect(await contentRoot('one', texts, {}, 11)).toBe(root);
    expect(await contentRoot('one', texts.slice(1), {}, 11)).not.toBe(root);
  });
});

it('[STX-ROOT-5] a state with records of unknown types has no roots and no snapshot', async () => {
  const storage = memoryStorage();
  const { domainId } = await initDemo(storage);
  const payload = new Uint8Array(33);
  const record = { logseq: 1n, type: 9, payload, recordHash: recordHashOf(domainId, 9, payload, hasher) };
  const header = { domainId, baseLogseq: 0n, baseRecordHash: domainId, baseManifestHash: new Uint8Array(32) };
  await storage.createOnce(`log/${'1'.padStart(20, '0')}`, [encodeHeader(header), encodeFrame([record])]);
  const store = await openStore(storage);
  expect(decodePayload(9, payload)).toBeUndefined();
  expect((await store.current()).position).toBe(1n);
  expect(await codeOf(store.roots())).toBe('LOG.PARTIAL');
  expect(formatHex((await store.roots({ position: 0n })).stateRoot)).toBe(
    formatHex(stateRootOf(new Uint8Array(32), new Uint8Array(32))),
  );
  expect(await codeOf(store.openWriter())).toBe('LOG.PARTIAL');
});
