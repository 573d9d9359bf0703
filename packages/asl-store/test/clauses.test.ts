import {
  compareReferences,
  concatBytes,
  formatHex,
  type Reference,
  referenceOf,
  sha256Hasher,
} from '@amduat/asl-core';
import {
  appendRecord,
  encodeFrame,
  encodeHeader,
  genesisState,
  type LogRecord,
  scanLog,
} from '@amduat/asl-log';
import { memoryStorage, openStore, type Store, verifyStore } from '@amduat/asl-store';
import { decodeSegment, encodeSegment } from '@amduat/enc-asl-core-index';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, textOf } from './backends.js';

const [A, B] = ['a', 'b'].map((text) => referenceOf({ bytes: bytesOf(text) })) as [Reference, Reference];

/** A record that follows another by the chain, whatever it says. */
function following({ logseq, recordHash }: LogRecord, type: number, payload: Uint8Array): LogRecord {
  const typeBytes = Uint8Array.of(type, 0, 0, 0);
  return {
    logseq: logseq + 1n,
    type,
    payload,
    recordHash: sha256Hasher.digest([recordHash, typeBytes, payload]),
  };
}

async function publishedKeys(store: Store): Promise<string[]> {
  const view = await store.at();
  const published: string[] = [];
  for await (const { reference, verdict } of view.entries()) {
    if (verdict === 'published') published.push(textOf(await view.get(reference)) as string);
  }
  return published.sort();
}

describe.each(BACKENDS)('clauses of the layers below, on the $name', ({ make }) => {
  it('[IDX-GET-6] gives the same locations at every lookup, and to whoever opens the store', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const writer = closing(await store.openWriter());
    for (const text of ['a', 'b']) await writer.put(bytesOf(text));
    await writer.close();
    const [segment] = await storage.list('segments/');
    const bytes = await storage.read(segment as string, 0, 2 ** 20);
    const records = decodeSegment(bytes as Uint8Array);
    const other = closing(await openStore(again()));
    for (const opened of [store, store, other]) {
      await opened.refresh();
      const view = await opened.at();
      for (const record of records) expect((await view.stat(record.key)).record?.logseq).toBe(1n);
      expect(textOf(await view.get(A))).toBe('a');
      expect(textOf(await view.get(B))).toBe('b');
    }
    expect(await again().read(segment as string, 0, 2 ** 20)).toEqual(bytes);
  });

  it('[STX-VER-6] the published entries are exactly those whose verdict is published', async () => {
    const store = await initDemo(make().storage);
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('a'), { publish: true });
    await writer.put(bytesOf('b'));
    await writer.put(bytesOf('c'), { visibility: 'published' });
    await writer.seal();
    await store.refresh();
    expect(await publishedKeys(store)).toEqual(['a']);
    await writer.publish([B]);
    const tombstone = await writer.tombstone(A);
    await store.refresh();
    expect(await publishedKeys(store)).toEqual(['b']);
    await writer.lift(tombstone);
    await writer.unpublish([B]);
    await store.refresh();
    expect(await publishedKeys(store)).toEqual(['a']);
  });

  it('[STX-OPEN-5] the last of several puts and removals of a key is the one that is sealed', async () => {
    const store = await initDemo(make().storage);
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('a'));
    await writer.remove(A);
    await writer.put(bytesOf('b'));
    await writer.remove(B);
    await writer.put(bytesOf('b'));
    await writer.seal();
    await store.refresh();
    const view = await store.at(1n);
    expect(await view.get(A)).toBeUndefined();
    expect(textOf(await view.get(B))).toBe('b');
  });

  it('[STX-PACK-5] bytes that the open segment has already are not laid down again', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('twice'));
    await writer.put(bytesOf('twice'), { visibility: 'published' });
    await writer.remove(referenceOf({ bytes: bytesOf('twice') }));
    await writer.put(bytesOf('twice'));
    await writer.seal();
    const blocks = await storage.list('blocks/');
    const lengths = await Promise.all(blocks.map((name) => storage.size(name)));
    expect(lengths).toEqual(['twice'.length]);
  });
});

describe('[LOG-RPL-4] [LOG-REC-1] a log with a record that is not valid', () => {
  it.each([
    { what: 'a lift of no tombstone', code: 'LOG.LIFT' },
    { what: 'a frame that stands there twice', code: 'LOG.SEQ' },
  ])('answers below it, and nowhere else: $what', async ({ code }) => {
    const storage = memoryStorage();
    const store = await initDemo(storage);
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('a'));
    await writer.seal();
    const tombstone = await writer.tombstone(A);
    await writer.lift(tombstone);
    await writer.close();
    const log = 'log/00000000000000000001';
    const { records, frames, end } = scanLog((await storage.read(log, 0, 2 ** 20)) as Uint8Array);
    const last = records.at(-1) as LogRecord;
    const frame = code === 'LOG.SEQ' ? records.slice(2) : [following(last, last.type, last.payload)];
    expect(frames).toHaveLength(3);
    const forged = await copyOf(storage, (name, bytes) =>
      name === log ? concatBytes([bytes.subarray(0, end.offset), encodeFrame(frame)]) : bytes,
    );
    const opened = closing(await openStore(forged));
    for (const ask of [() => opened.current(), () => opened.at(), () => opened.at(4n)]) {
      expect(await codeOf(ask())).toBe(code);
    }
    const answers = [];
    for (const position of [0n, 1n, 2n, 3n]) {
      const { record, verdict } = await (await opened.at(position)).stat(A);
      answers.push([record === undefined, verdict]);
    }
    expect(answers).toEqual([
      [true, 'absent'],
      [false, 'internal'],
      [false, 'inadmissible'],
      [false, 'internal'],
    ]);
    expect(await codeOf(opened.refresh())).toBe(code);
    expect(await codeOf(opened.openWriter())).toBe(code);
  });
});

describe('[IDX-REC-4] a sealed segment', () => {
  /** A store as a writer would leave it whose segment's records carry `logseq`, with every hash around it right. */
  async function storeWith(logseq: bigint) {
    const made = memoryStorage();
    const store = await initDemo(made);
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('a'));
    await writer.close();
    const [name] = await made.list('segments/');
    const records = decodeSegment((await made.read(name as string, 0, 2 ** 20)) as Uint8Array);
    const segment = encodeSegment(records.map((record) => ({ ...record, logseq })));
    const { record } = appendRecord(
      genesisState(store.domainId, true),
      { type: 'segment-seal', segmentIds: [segment.segmentId] },
      undefined,
    );
    const header = {
      domainId: store.domainId,
      baseLogseq: 0n,
      baseRecordHash: store.domainId,
      baseManifestHash: new Uint8Array(32),
    };
    const forged = memoryStorage();
    for (const kept of await made.list('')) {
      if (kept.startsWith('segments/') || kept.startsWith('log/')) continue;
      await forged.createOnce(kept, [(await made.read(kept, 0, 2 ** 20)) as Uint8Array]);
    }
    const segmentName = `segments/${formatHex(segment.segmentId)}/0`;
    await forged.createOnce(segmentName, [segment.bytes]);
    await forged.createOnce('log/00000000000000000001', [encodeHeader(header), encodeFrame([record])]);
    return { forged, segmentName };
  }

  it('is named by a verification when its records carry a logseq of their own', async () => {
    const sound = await storeWith(0n);
    for await (const { object, error } of verifyStore(sound.forged))
      throw new Error(object, { cause: error });
    const { forged, segmentName } = await storeWith(1n);
    const found: string[] = [];
    for await (const { object, error } of verifyStore(forged)) found.push(`${object} ${error.code}`);
    expect(found).toEqual([`${segmentName} SEG.LOGSEQ`]);
  });
});

describe('[IDX-VIS-1] a segment that is sealed twice', () => {
  it('is visible again from its second seal on, after a removal in between', async () => {
    const storage = memoryStorage();
    const store = await initDemo(storage);
    const writer = closing(await store.openWriter());
    for (const change of [
      () => writer.put(bytesOf('a')),
      () => writer.remove(A),
      () => writer.put(bytesOf('a')),
    ]) {
      await change();
      await writer.seal();
    }
    expect(await storage.list('segments/')).toHaveLength(2);
    for (const opened of [store, closing(await openStore(storage))]) {
      await opened.refresh();
      const given = [1n, 2n, 3n].map(async (position) => textOf(await (await opened.at(position)).get(A)));
      expect(await Promise.all(given)).toEqual(['a', undefined, 'a']);
    }
  });
});

describe('[STX-OPEN-4] a removal', () => {
  it('is refused for a key that is published, and for one without a record', async () => {
    const writer = closing(await (await initDemo(memoryStorage())).openWriter());
    expect(await codeOf(writer.remove(A))).toBe('STORE.ABSENT');
    await writer.put(bytesOf('a'), { publish: true });
    await writer.seal();
    expect(await codeOf(writer.remove(A))).toBe('STORE.PUBLISHED');
    await writer.unpublish([A]);
    await writer.remove(A);
    await writer.seal();
    expect(await codeOf(writer.remove(A))).toBe('STORE.ABSENT');
  });

  it('sees what is sealed and not durable yet', async () => {
    const store = await initDemo(memoryStorage());
    const writer = closing(await store.openWriter());
    void writer.put(bytesOf('a'));
    void writer.seal();
    await writer.remove(A);
    expect(await writer.seal()).toBe(2n);
    await store.refresh();
    expect(textOf(await (await store.at(1n)).get(A))).toBe('a');
    expect(await (await store.at(2n)).get(A)).toBeUndefined();
  });
});

describe('[STX-VER-5] an enumeration', () => {
  it('gives keys with a policy and no record before, between and after those with one', async () => {
    const store = await initDemo(memoryStorage());
    const writer = closing(await store.openWriter());
    const ordered = [A, B].sort(compareReferences);
    const without = [0x00, 0x80, 0xff].map((byte) => ({ ...A, digest: new Uint8Array(32).fill(byte) }));
    for (const text of ['a', 'b']) await writer.put(bytesOf(text));
    await writer.seal();
    for (const key of without) await writer.tombstone(key);
    await store.refresh();
    const given: Reference[] = [];
    for await (const { reference } of (await store.at()).entries()) given.push(reference);
    expect(given).toEqual([...ordered, ...without].sort(compareReferences));
  });
});

describe('[STO-RDR-4] a reference alone', () => {
  it('finds what was sealed after it was looked for in vain', async () => {
    const storage = memoryStorage();
    const writer = closing(await (await initDemo(storage)).openWriter());
    const reader = closing(await openStore(storage));
    for (const [key, text] of [
      [A, 'a'],
      [B, 'b'],
    ] as const) {
      expect(await reader.get(key)).toBeUndefined();
      await writer.put(bytesOf(text));
      await writer.seal();
      expect(textOf(await reader.get(key))).toBe(text);
    }
  });
});

describe('[STX-POL-5] a seal', () => {
  it('leaves a key inadmissible that was put before its tombstone', async () => {
    const store = await initDemo(memoryStorage());
    const writer = closing(await store.openWriter());
    await writer.put(bytesOf('a'));
    expect(await writer.tombstone(A)).toBe(1n);
    expect(await writer.seal()).toBe(2n);
    await store.refresh();
    const view = await store.at(2n);
    expect(await view.stat(A)).toMatchObject({ verdict: 'inadmissible', tombstones: [1n] });
    expect(await view.get(A)).toBeUndefined();
  });
});
