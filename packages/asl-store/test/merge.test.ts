import { errorMaker, formatReference, type Reference } from '@amduat/asl-core';
import { memoryStorage, openStore, STORE_ERRORS, type Storage, type View } from '@amduat/asl-store';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, closing, codeOf, copyOf, initDemo, textOf, wrapStorage } from './backends.js';

const storeError = errorMaker(STORE_ERRORS);

const SEAL_COUNT = 1000;
/** Every seventh put shows a key again that was removed before. */
const KEY_COUNT = 900;

interface Access {
  readonly name: string;
  readonly offset: number;
}

/** A storage that counts what is read of it. */
function countingStorage(storage: Storage): { counting: Storage; reads: Access[] } {
  const reads: Access[] = [];
  const counting = wrapStorage(storage, {
    async read(name, offset, length) {
      reads.push({ name, offset });
      return await storage.read(name, offset, length);
    },
    readSync(name, offset, length) {
      reads.push({ name, offset });
      return storage.readSync?.(name, offset, length);
    },
  });
  return { counting, reads };
}

let storage: Storage;
let keys: Reference[];
/** Position → what is visible there, by key. */
let history: Map<string, number>[];

beforeAll(async () => {
  storage = memoryStorage();
  const store = await initDemo(storage);
  keys = [];
  history = [new Map()];
  const writer = await store.openWriter();
  for (let seal = 0; seal < SEAL_COUNT; seal++) {
    const visible = new Map(history[seal]);
    const index = seal % KEY_COUNT;
    if (seal >= KEY_COUNT || seal % 7 !== 6) {
      const { reference, added } = await writer.put(bytesOf(`artifact ${index}`));
      keys[index] = reference;
      // A seal of nothing is none: something else moves the position on.
      if (!added) await writer.publish([reference]);
      visible.set(formatReference(reference), index);
    } else {
      const removed = keys[seal - 3] as Reference;
      await writer.remove(removed);
      visible.delete(formatReference(removed));
    }
    await writer.seal();
    history.push(visible);
  }
  await writer.close();
}, 60_000);

async function contentOf(view: View): Promise<string[]> {
  const entries: string[] = [];
  for await (const { reference, record } of view.entries())
    if (record) entries.push(formatReference(reference));
  return entries;
}

describe('[STO-MRG-1] [STO-MRG-2] a thousand seals of one artifact each', () => {
  it('are looked up in at most 8 segments, with at most 2 reads each', async () => {
    expect(await storage.list('segments/')).not.toHaveLength(0);
    const { counting, reads } = countingStorage(storage);
    const store = closing(await openStore(counting));
    const view = await store.at();
    await view.stat(keys[0] as Reference);
    const opened = new Set(
      reads.filter(({ name }) => /^(segments|derived)/.test(name)).map(({ name }) => name),
    );
    expect(opened.size).toBeLessThanOrEqual(8);
    for (const key of keys) {
      reads.length = 0;
      if (key !== undefined) await view.stat(key);
      const perSegment = new Map<string, number>();
      for (const { name } of reads) perSegment.set(name, (perSegment.get(name) ?? 0) + 1);
      expect(perSegment.size).toBeLessThanOrEqual(8);
      expect(Math.max(0, ...perSegment.values())).toBeLessThanOrEqual(2);
    }
  });

  it('are answered as the history was, at every position, with merged segments and without', async () => {
    const bare = await copyOf(storage);
    expect(await bare.list('derived/')).toEqual([]);
    for (const objects of [storage, bare]) {
      const store = closing(await openStore(objects));
      // The last position first: its merged segments are what the others find.
      await (await store.at()).stat(keys[0] as Reference);
      for (let position = 0; position <= SEAL_COUNT; position += position < 12 ? 1 : 141) {
        const view = await store.at(BigInt(position));
        const visible = history[position] as Map<string, number>;
        expect(await contentOf(view)).toEqual([...visible.keys()].sort());
        for (const [index, key] of keys.entries()) {
          // A few of all keys, and the last ones: what is put at one seal may be removed three seals later.
          const isLast = index < position && index >= position - 3;
          if (key === undefined || !(isLast || index % 91 === 0)) continue;
          const expected = visible.has(formatReference(key)) ? `artifact ${index}` : undefined;
          expect(textOf(await view.get(key))).toBe(expected);
        }
      }
    }
    // Reading made what was missing.
    expect((await bare.list('derived/runs/')).length).toBeGreaterThan(0);
  });

  it('[STO-RDR-4] are found by reference alone, hidden by a later seal or not', async () => {
    for (const objects of [storage, await copyOf(storage)]) {
      const { counting, reads } = countingStorage(objects);
      const store = closing(await openStore(counting));
      for (let index = 0; index < KEY_COUNT; index += 13) {
        const key = keys[index];
        if (key !== undefined) expect(textOf(await store.get(key))).toBe(`artifact ${index}`);
      }
      expect(reads.some(({ name }) => name.startsWith('log/'))).toBe(false);
    }
  });
});

describe('[STO-MRG-3] a merged segment', () => {
  it('that is damaged or stale decides nothing, and is made again', async () => {
    const runs = await storage.list('derived/runs/');
    expect(runs.length).toBeGreaterThan(0);
    for (const damage of ['first byte', 'every page', 'other run', 'cut', 'empty'] as const) {
      const copy = await copyOf(storage);
      const contents = await Promise.all(runs.map(async (name) => await storage.read(name, 0, 2 ** 24)));
      for (const [index, name] of runs.entries()) {
        const bytes = contents[damage === 'other run' ? (index + 1) % runs.length : index] as Uint8Array;
        if (damage === 'first byte') bytes[0] = (bytes[0] as number) ^ 1;
        if (damage === 'every page')
          for (let at = 2000; at < bytes.length; at += 4096) bytes[at] = (bytes[at] as number) ^ 1;
        const kept =
          damage === 'cut'
            ? bytes.subarray(0, bytes.length - 7)
            : damage === 'empty'
              ? new Uint8Array()
              : bytes;
        await copy.keep(name, [kept]);
      }
      const store = closing(await openStore(copy));
      const view = await store.at();
      expect(await contentOf(view)).toEqual([...(history[SEAL_COUNT] as Map<string, number>).keys()].sort());
      for (let index = 0; index < KEY_COUNT; index += 101) {
        const key = keys[index];
        if (key !== undefined) expect(textOf(await store.get(key))).toBe(`artifact ${index}`);
      }
    }
  });

  it('that is lost while it is used decides nothing', async () => {
    const objects = memoryStorage();
    const store = await initDemo(objects);
    const writer = await store.openWriter({ limits: { segmentRecordCount: 2048 } });
    const references: Reference[] = [];
    for (let index = 0; index < 16_500; index++) {
      references.push((await writer.put(Uint8Array.of(index, index >> 8))).reference);
    }
    await writer.close();
    for (const change of ['delete', 'damage'] as const) {
      const [name = ''] = await objects.list('derived/runs/');
      // Too long to be kept in memory as a whole.
      expect(await objects.size(name)).toBeGreaterThan(2 ** 20);
      const reader = closing(await openStore(objects));
      const view = await reader.at();
      expect((await view.stat(references[0] as Reference)).verdict).toBe('internal');
      const bytes = await objects.read(name, 0, 2 ** 24);
      const entries = view.entries()[Symbol.asyncIterator]();
      await entries.next();
      if (change === 'delete') await objects.delete(name);
      else
        await objects.keep(name, [
          (bytes as Uint8Array).map((byte, at) => (at > 8192 && at % 4096 === 0 ? byte ^ 1 : byte)),
        ]);
      for (let index = 0; index < 16_500; index += 997) {
        expect((await view.stat(references[index] as Reference)).verdict).toBe('internal');
      }
      expect(await store.get(references[123] as Reference)).toEqual(Uint8Array.of(123, 0));
      let count = 1;
      while (!(await entries.next()).done) count++;
      expect(count).toBe(16_500);
      expect(await objects.list('derived/runs/')).toHaveLength(1);
    }
  });

  it('is not missed by a reader whose store cannot be written', async () => {
    const copy = await copyOf(storage);
    const readOnly = wrapStorage(copy, {
      async keep() {
        throw ioError('EROFS');
      },
      async delete() {
        throw ioError('EROFS');
      },
    });
    const view = await closing(await openStore(readOnly)).at();
    expect(textOf(await view.get(keys[0] as Reference))).toBe('artifact 0');
    expect(await copy.list('derived/')).toEqual([]);
  });

  it('[IDX-GET-5] does not stand for a segment that is not there', async () => {
    const names = await storage.list('segments/');
    const bare = await copyOf(storage, (name, bytes) => (name === names[10] ? undefined : bytes));
    const view = await closing(await openStore(bare)).at();
    expect(await codeOf(view.stat(keys[0] as Reference))).toBe('STORE.MISSING');
  });
});

function ioError(systemCode: string): Error {
  return storeError('STORE.IO', systemCode, { systemCode });
}
