import { setImmediate } from 'node:timers/promises';
import { formatHex, type Reference, referenceOf } from '@amduat/asl-core';
import { decodePayload, scanLog } from '@amduat/asl-log';
import {
  memoryStorage,
  nodeSha256Hasher,
  openStore,
  type Storage,
  verifyStore,
  type Writer,
} from '@amduat/asl-store';
import { decodeSegment } from '@amduat/enc-asl-core-index';
import { describe, expect, it } from 'vitest';
import { bytesOf, codeOf, initDemo, textOf, wrapStorage } from './backends.js';

interface Mutation {
  readonly kind: 'create' | 'append' | 'keep' | 'delete';
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What had been acknowledged when it was asked for. */
  readonly acknowledged: ReadonlyMap<string, Reference>;
}

/** A storage in memory that remembers what was done to it, in order, once it was done. */
function recordingStorage(acknowledged: ReadonlyMap<string, Reference>) {
  const storage = memoryStorage();
  const mutations: Mutation[] = [];
  const record = (kind: Mutation['kind'], name: string, parts: readonly Uint8Array[] = []) => {
    mutations.push({ kind, name, bytes: Buffer.concat(parts), acknowledged: new Map(acknowledged) });
  };
  const recording = wrapStorage(storage, {
    async createOnce(name, parts) {
      const outcome = await storage.createOnce(name, parts);
      if (outcome === 'created') record('create', name, parts);
      return outcome;
    },
    async append(name, bytes) {
      record('append', name, [bytes]);
      await storage.append(name, bytes);
    },
    async keep(name, parts) {
      record('keep', name, parts);
      await storage.keep(name, parts);
    },
    async delete(name) {
      record('delete', name);
      await storage.delete(name);
    },
  });
  return { recording, mutations };
}

/** What was there after a crash: the first mutations, and of the next one, if it is an append, its first octets. */
async function imageOf(mutations: readonly Mutation[], count: number, torn: number): Promise<Storage> {
  const storage = memoryStorage();
  for (const { kind, name, bytes } of mutations.slice(0, count)) {
    if (kind === 'create') await storage.createOnce(name, [bytes]);
    else if (kind === 'append') await storage.append(name, bytes);
    else if (kind === 'keep') await storage.keep(name, [bytes]);
    else await storage.delete(name);
  }
  const next = mutations[count];
  if (torn > 0 && next !== undefined) await storage.append(next.name, next.bytes.subarray(0, torn));
  return storage;
}

/** Some puts, seals and records of every kind, by two writers; what is acknowledged is entered under its text. */
async function session(storage: Storage, acknowledged: Map<string, Reference>): Promise<void> {
  const store = await initDemo(storage);
  const put = async (writer: Writer, text: string) => {
    const { reference, sealed } = await writer.put(bytesOf(text));
    sealed.then(() => acknowledged.set(text, reference)).catch(() => {});
    return reference;
  };
  for (let epoch = 1; epoch <= 2; epoch++) {
    const writer = await store.openWriter({
      limits: { blockLength: 24, smallLength: 16, segmentRecordCount: 3 },
    });
    const first = await put(writer, `first of epoch ${epoch}, cut into blocks`);
    await put(writer, `${epoch}`);
    await Promise.all([
      writer.seal(),
      put(writer, `second ${epoch}`),
      writer.publish([first]),
      writer.seal(),
    ]);
    const shown = writer.lift(await writer.tombstone(first));
    await Promise.all([
      shown,
      put(writer, `third ${epoch}`),
      put(writer, `fourth ${epoch}`),
      put(writer, `fifth ${epoch}`),
    ]);
    await writer.close();
  }
}

describe('[STO-DUR-2] [STO-DUR-3] [STO-DUR-4] a crash at any moment', () => {
  it('leaves what was acknowledged, whole, and a store that can be written on', async () => {
    const acknowledged = new Map<string, Reference>();
    const { recording, mutations } = recordingStorage(acknowledged);
    await session(recording, acknowledged);
    expect(acknowledged.size).toBe(12);
    let images = 0;
    for (const [count, mutation] of mutations.entries()) {
      const { length } = mutation.bytes;
      const cuts = mutation.kind === 'append' ? [0, 1, 47, 48, length >> 1, length - 1] : [0];
      for (const torn of new Set(cuts)) {
        const storage = await imageOf(mutations, count, torn);
        // A crash before there was a store leaves none.
        if ((await storage.list('')).length === 0) continue;
        await assertRecovers(storage, mutation);
        images++;
      }
    }
    expect(images).toBeGreaterThan(80);
  });
});

async function assertRecovers(storage: Storage, { acknowledged }: Mutation): Promise<void> {
  for await (const { object, error } of verifyStore(storage)) {
    expect([`${object} ${error.code}`, error.code]).toEqual([`${object} LOG.TORN`, 'LOG.TORN']);
  }
  const store = await openStore(storage, { mayRun: () => false });
  const before = await store.at();
  for (const [text, reference] of acknowledged) {
    // A tombstone may not be lifted yet: the bytes are there nevertheless.
    expect((await before.stat(reference)).record?.length).toBe(BigInt(text.length));
    expect(textOf(await store.get(reference))).toBe(text);
  }
  for await (const { reference, verdict } of before.entries()) {
    const bytes = await before.get(reference);
    if (verdict === 'internal' || verdict === 'published') expect(bytes).toBeDefined();
    if (bytes !== undefined) expect(referenceOf({ bytes })).toEqual(reference);
  }
  const writer = await store.openWriter();
  const { reference } = await writer.put(bytesOf('after the crash'));
  await writer.close();
  const after = await (await openStore(storage)).at();
  expect(after.state.position).toBe(before.state.position + 1n);
  expect(textOf(await after.get(reference))).toBe('after the crash');
  for (const key of acknowledged.values()) expect((await after.stat(key)).record).toBeDefined();
}

describe('[STO-DUR-1] what is named', () => {
  it('is durable before what names it, however slow the storage is', async () => {
    const storage = memoryStorage();
    const durable = new Set<string>();
    const named: string[] = [];
    let delay = 0;
    const slow = wrapStorage(storage, {
      async createOnce(name, parts) {
        if (name.startsWith('segments/')) {
          for (const { location } of decodeSegment(Buffer.concat(parts))) {
            for (const { blockId } of location) named.push(`blocks/${formatHex(blockId)}/0`);
          }
          for (const block of named.splice(0)) expect(durable).toContain(block);
        }
        for (let turns = delay++ % 7; turns > 0; turns--) await setImmediate();
        const outcome = await storage.createOnce(name, parts);
        durable.add(name);
        return outcome;
      },
      async append(name, bytes) {
        if (name.startsWith('log/')) {
          const file = await storage.read(name, 0, 160);
          for (const { type, payload } of scanLog(Buffer.concat([file ?? new Uint8Array(), bytes])).records) {
            const body = decodePayload(type, payload)?.body;
            if (body?.type !== 'segment-seal') continue;
            for (const segmentId of body.segmentIds)
              expect(durable).toContain(`segments/${formatHex(segmentId)}/0`);
          }
        }
        await storage.append(name, bytes);
      },
    });
    const writer = await (await initDemo(slow)).openWriter({ limits: { blockLength: 8, smallLength: 8 } });
    const seals: Promise<bigint>[] = [];
    for (let index = 0; index < 30; index++) {
      await writer.put(bytesOf(`artifact ${index}`));
      seals.push(writer.seal());
    }
    expect(await Promise.all(seals)).toEqual(Array.from({ length: 30 }, (_, index) => BigInt(index + 1)));
    await writer.close();
    expect(durable.size).toBeGreaterThan(60);
  });
});

describe('[STO-DUR-5] a writer', () => {
  it('[LOG-FRM-1] has one append in flight at a time, and puts records that wait together into one frame', async () => {
    const storage = memoryStorage();
    let inFlight = 0;
    let appends = 0;
    const counting = wrapStorage(storage, {
      async append(name, bytes) {
        if (!name.startsWith('log/')) return await storage.append(name, bytes);
        expect(++inFlight).toBe(1);
        await setImmediate();
        await storage.append(name, bytes);
        inFlight--;
        appends++;
      },
    });
    const writer = await (await initDemo(counting)).openWriter();
    const key = referenceOf({ bytes: bytesOf('a') });
    const logseqs = await Promise.all(Array.from({ length: 50 }, () => writer.tombstone(key)));
    expect(logseqs).toEqual(Array.from({ length: 50 }, (_, index) => BigInt(index + 1)));
    expect(appends).toBe(1);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await writer.put(bytesOf(`artifact ${index}`));
        await writer.seal();
      }),
    );
    expect(appends).toBeLessThan(21);
    await writer.close();
    expect((await (await openStore(storage)).current()).position).toBe(BigInt(50 + 1));
  });

  it('[LOG-FRM-1] appends what is asked for during an append when that is durable', async () => {
    const storage = memoryStorage();
    const key = referenceOf({ bytes: bytesOf('a') });
    const appends: string[] = [];
    let meanwhile: Promise<bigint> | undefined;
    const slow = wrapStorage(storage, {
      async append(name, bytes) {
        appends.push(`begins ${name.slice(0, 3)}`);
        meanwhile ??= writer.tombstone(key);
        await setImmediate();
        await storage.append(name, bytes);
        appends.push(`ends ${name.slice(0, 3)}`);
      },
    });
    const writer = await (await initDemo(slow)).openWriter();
    expect(await writer.tombstone(key)).toBe(1n);
    expect(await meanwhile).toBe(2n);
    expect(appends).toEqual(['begins log', 'ends log', 'begins log', 'ends log']);
    await writer.close();
  });

  it('refuses everything after a failed append, and acknowledges nothing of it', async () => {
    const storage = memoryStorage();
    let isFull = false;
    const failing = wrapStorage(storage, {
      async append(name, bytes) {
        if (!isFull || !name.startsWith('log/')) return await storage.append(name, bytes);
        await storage.append(name, bytes.subarray(0, 30));
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
    const store = await initDemo(failing);
    const writer = await store.openWriter();
    await writer.put(bytesOf('before'));
    expect(await writer.seal()).toBe(1n);
    isFull = true;
    const { sealed } = await writer.put(bytesOf('lost'));
    const also = writer.tombstone(referenceOf({ bytes: bytesOf('x') }));
    await expect(writer.seal()).rejects.toThrow('no space');
    await expect(sealed).rejects.toThrow('no space');
    await expect(also).rejects.toThrow('no space');
    isFull = false;
    for (const call of [
      writer.put(bytesOf('more')),
      writer.seal(),
      writer.tombstone(referenceOf({ bytes: bytesOf('y') })),
      writer.remove(referenceOf({ bytes: bytesOf('before') })),
    ]) {
      expect(await codeOf(call)).toBe('STORE.WRITER_STOPPED');
    }
    await writer.close();
    const again = await store.openWriter();
    expect(again.leftBehind).toMatchObject({ length: 30 });
    expect(again.state.position).toBe(1n);
    await again.put(bytesOf('lost'));
    expect(await again.seal()).toBe(2n);
    await again.close();
  });

  it('stops when a block or a segment cannot be stored', async () => {
    for (const kind of ['blocks/', 'segments/']) {
      const storage = memoryStorage();
      const failing = wrapStorage(storage, {
        async createOnce(name, parts) {
          if (name.startsWith(kind)) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          return await storage.createOnce(name, parts);
        },
      });
      await initDemo(failing);
      for (const limits of [{}, { blockLength: 3, smallLength: 2 }]) {
        const store = await openStore(failing);
        const writer = await store.openWriter({ limits });
        const { sealed } = await writer.put(bytesOf('lost'));
        await expect(writer.seal()).rejects.toThrow(/no space|STORE\.WRITER_STOPPED/);
        await expect(sealed).rejects.toThrow('no space');
        expect(await codeOf(writer.put(bytesOf('more')))).toBe('STORE.WRITER_STOPPED');
        await writer.close();
        expect((await (await openStore(storage)).current()).position).toBe(0n);
      }
    }
  });
});

describe('[STO-PRT-2] an object that is there already', () => {
  it('is relied on only if it is what its name says, and made durable first', async () => {
    const storage = memoryStorage();
    const synced: string[] = [];
    const syncing = wrapStorage(storage, {
      async sync(name) {
        synced.push(name);
        await storage.sync(name);
      },
    });
    const blockName = (text: string) => `blocks/${formatHex(referenceBlock(text))}/0`;
    await storage.createOnce(blockName('right'), [bytesOf('right')]);
    await storage.createOnce(blockName('wrong'), [bytesOf('wrogn')]);
    const store = await initDemo(syncing);
    const writer = await store.openWriter();
    await writer.put(bytesOf('right'));
    await writer.seal();
    expect(synced).toContain(blockName('right'));
    await writer.put(bytesOf('wrong'));
    expect(await codeOf(writer.seal())).toBe('STORE.CONFLICT');
    expect((await (await openStore(storage)).current()).position).toBe(1n);
  });
});

/** The BlockID of a block that holds nothing but a text. */
function referenceBlock(text: string): Uint8Array {
  return nodeSha256Hasher.digest([bytesOf(text)]);
}
