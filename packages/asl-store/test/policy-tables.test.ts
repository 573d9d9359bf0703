import { compareReferences, formatHex, formatReference, type Reference, referenceOf } from '@amduat/asl-core';
import {
  initStore,
  installSnapshot,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
  type Writer,
} from '@amduat/asl-store';
import { decodeManifest, policyHashOf } from '@amduat/asl-store-index';
import { pageHashesOf } from '@amduat/enc-asl-core-index';
import { describe, expect, it } from 'vitest';
import { storeError } from '../src/errors.js';
import { GROUP_PAGES, pageTreeOf } from '../src/page-tree.js';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, wrapStorage } from './backends.js';

const PAGE_LENGTH = 4096;
const SECRET = new Uint8Array(32).fill(0x5e);

function keyOf(number: number): Reference {
  return referenceOf({ bytes: bytesOf(`artifact ${number}`) });
}

/** Their rows are in 42 pages. */
const KEYS: readonly Reference[] = Array.from({ length: 3000 }, (_, index) => keyOf(index)).sort(
  compareReferences,
);

/** The key at the middle of a page of a table of all keys. */
function keyIn(page: number): Reference {
  return KEYS[Math.floor(((page + 0.5) * PAGE_LENGTH - 64) / 56)] as Reference;
}

const DAMAGED = 20;
const HIDDEN = keyOf(1);
const LIFTED = keyOf(2);

/** Publishes every key, hides two, puts the bytes of three, and takes a snapshot. */
async function writeBelow(writer: Writer): Promise<void> {
  for (let index = 0; index < 3; index++) await writer.put(bytesOf(`artifact ${index}`));
  await writer.seal();
  await writer.publish(KEYS);
  await writer.tombstone(HIDDEN);
  await writer.tombstone(LIFTED);
  await writer.snapshot();
}

/** A tail with every kind of record over rows of the table, and one without a row. */
async function writeAbove(writer: Writer, key: Reference): Promise<void> {
  const tombstone = await writer.tombstone(key);
  await writer.lift(4n);
  await writer.lift(tombstone);
  await writer.tombstone(key);
  await writer.unpublish([keyOf(0), keyOf(5000)]);
  await writer.publish([keyOf(5001)]);
}

/** A table that an anchor names, and where the hashes of its pages are kept. */
interface Table {
  readonly name: string;
  readonly kept: string;
}

async function tablesOf(storage: Storage, store: Store): Promise<Table[]> {
  const tables: Table[] = [];
  for (const { manifestHash } of await store.anchors()) {
    const name = `snapshots/${formatHex(manifestHash)}/0`;
    const { policyHash } = decodeManifest((await storage.read(name, 0, 2 ** 20)) as Uint8Array);
    const hex = formatHex(policyHash);
    tables.push({ name: `policies/${hex}/0`, kept: `derived/policies/${hex}` });
  }
  return tables;
}

async function readWhole(storage: Storage, name: string): Promise<Uint8Array> {
  return (await storage.read(name, 0, (await storage.size(name)) ?? 0)) as Uint8Array;
}

/** The same objects, an octet of one of them changed wherever it is read. */
function withOctetChanged(storage: Storage, changed: string, at: number): Storage {
  const flip = (name: string, offset: number, bytes: Uint8Array | undefined) => {
    if (name !== changed || bytes === undefined || at < offset || at >= offset + bytes.length) return;
    bytes[at - offset] = (bytes[at - offset] as number) ^ 1;
  };
  const { readSync } = storage;
  return wrapStorage(storage, {
    async read(name, offset, length) {
      const bytes = await storage.read(name, offset, length);
      flip(name, offset, bytes);
      return bytes;
    },
    ...(readSync && {
      readSync(name, offset, length) {
        const bytes = readSync(name, offset, length);
        flip(name, offset, bytes);
        return bytes;
      },
    }),
  });
}

/** A storage that counts the octets that are read of objects whose names begin so. */
function counting(storage: Storage, prefix: string): Storage & { count: number } {
  const { readSync } = storage;
  const add = (name: string, bytes: Uint8Array | undefined) => {
    if (name.startsWith(prefix)) counted.count += bytes?.length ?? 0;
    return bytes as never;
  };
  const counted = {
    ...wrapStorage(storage, {
      read: async (name, offset, length) => add(name, await storage.read(name, offset, length)),
      ...(readSync && { readSync: (name, offset, length) => add(name, readSync(name, offset, length)) }),
    }),
    count: 0,
  };
  return counted;
}

/** All that a store says of a position: of every key, and of each as it is asked for. */
async function saidAt(store: Store, position?: bigint): Promise<string[]> {
  const view = await store.at(position);
  const said: string[] = [];
  for await (const { reference, verdict, tombstones, publication } of view.entries()) {
    const { published, logseq } = publication ?? {};
    said.push(`${formatReference(reference)} ${verdict} ${tombstones.join()} ${published} ${logseq}`);
  }
  for (const key of [HIDDEN, LIFTED, keyIn(3), keyIn(DAMAGED), keyOf(0), keyOf(5000), keyOf(5001)]) {
    const { verdict, tombstones, publication } = await view.stat(key);
    const bytes = await view.get(key);
    said.push(`${verdict} ${tombstones.join()} ${publication?.logseq} ${bytes && formatHex(bytes)}`);
  }
  return said;
}

const SECRETS = { secret: SECRET };

/** A closed domain: what is below its anchor, and above it. */
async function closedStore(storage: Storage, above: (writer: Writer) => Promise<unknown>): Promise<void> {
  await initStore(storage, { name: 'closed', authorityKey: new Uint8Array(32), nonce: new Uint8Array(32) });
  const writer = await closing(await openStore(storage)).openWriter(SECRETS);
  await writeBelow(writer);
  await above(writer);
  await writer.close();
}

/** The same objects without the tables and what is derived: replay starts at the first record. */
async function fromGenesis(storage: Storage): Promise<Store> {
  const copy = await copyOf(storage, (name, bytes) => (name.startsWith('policies/') ? undefined : bytes));
  return await openStore(copy);
}

describe('[STX-PTB-2] the hashes of pages in groups', () => {
  it('have the hash of the file as their root, however many pages there are', () => {
    for (const pageCount of [1, 2, 127, 128, 129, 255, 256, 257, 300, 384, 385, 640]) {
      for (const short of [0, 4000]) {
        const bytes = new Uint8Array(pageCount * PAGE_LENGTH - short).map((_, at) => at >> 12);
        const tree = pageTreeOf(pageHashesOf(bytes));
        expect(tree.hash).toEqual(policyHashOf(bytes));
        expect(tree.groups).toHaveLength(32 * Math.ceil(pageCount / GROUP_PAGES));
      }
    }
  });
});

describe.each(BACKENDS)('a policy table of many pages on the $name', ({ make }) => {
  it('[STO-RDR-10] [LOG-RPL-10] gives what replay from the first record gives, read by rows or as a whole', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writeBelow(writer);
    await writeAbove(writer, keyIn(3));
    await writer.close();
    const genesis = await fromGenesis(storage);
    const opened = counting(again(), 'policies/');
    const byRows = closing(await openStore(opened));
    const { position } = await byRows.current();
    const [table] = (await tablesOf(storage, byRows)) as [Table];
    expect(opened.count).toBeGreaterThan(0);
    expect(opened.count).toBeLessThan(((await storage.size(table.name)) as number) / 2);
    const { readSync, ...slow } = wrapStorage(again(), {});
    expect(readSync).toBeDefined();
    const asWhole = closing(await openStore(slow));
    for (let at = position; at >= 1n; at--) {
      const expected = await saidAt(genesis, at);
      expect(await saidAt(byRows, at)).toEqual(expected);
      if (at === position) expect(await saidAt(asWhole, at)).toEqual(expected);
      expect(await byRows.roots({ position: at })).toEqual(await genesis.roots({ position: at }));
    }
  });

  it('[STO-RDR-10] is written to as before, from where it was opened', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writeBelow(writer);
    await writer.close();
    const other = await copyOf(storage, (name, bytes) => (name.startsWith('policies/') ? undefined : bytes));
    const roots = [];
    for (const each of [again(), other]) {
      const store = closing(await openStore(each));
      const next = await store.openWriter();
      expect(await codeOf(next.put(bytesOf('artifact 1')))).toBe('STORE.INADMISSIBLE');
      expect(await codeOf(next.remove(keyOf(0)))).toBe('STORE.PUBLISHED');
      await writeAbove(next, keyIn(3));
      roots.push((await next.snapshot()).manifestHash);
      await next.close();
    }
    expect(roots[0]).toEqual(roots[1]);
  });

  it('[STO-RDR-11] with a page that is not right is refused by each lookup that meets it, and by no other', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writeBelow(writer);
    await writer.close();
    const genesis = await fromGenesis(storage);
    const [table] = (await tablesOf(storage, genesis)) as [Table];
    const store = closing(
      await openStore(withOctetChanged(again(), table.name, DAMAGED * PAGE_LENGTH + 100)),
    );
    const [view, expected] = [await store.at(), await genesis.at()];
    let refused = 0;
    for (const key of KEYS) {
      const said = await view.stat(key).catch((error: { code: string }) => error.code);
      if (said === 'POLICY.DIGEST') refused++;
      else expect(said).toEqual(await expected.stat(key));
    }
    // 73 rows are in a page; a few searches pass over it.
    expect(refused).toBeGreaterThanOrEqual(73);
    expect(refused).toBeLessThan(200);
    for (const asked of [view.stat(keyIn(DAMAGED)), view.get(keyIn(DAMAGED)), saidAt(store)]) {
      expect(await codeOf(asked)).toBe('POLICY.DIGEST');
    }
    // STO-RDR-12: known not to be right, it is as if it were lost.
    await store.refresh();
    expect(await saidAt(store)).toEqual(await saidAt(genesis));
  });

  it('[STO-RDR-12] [LOG-RPL-11] with a page that replay meets and is not right is as if it were lost', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writeBelow(writer);
    await writer.publish([keyOf(6000)]);
    await writer.snapshot();
    await writeAbove(writer, keyIn(DAMAGED));
    await writer.close();
    const genesis = await fromGenesis(storage);
    const { position } = await genesis.current();
    const tables = await tablesOf(storage, genesis);
    expect(tables).toHaveLength(2);
    for (const damaged of [tables.slice(1), tables]) {
      let objects: Storage = again();
      for (const { name } of damaged) objects = withOctetChanged(objects, name, DAMAGED * PAGE_LENGTH + 100);
      const store = closing(await openStore(objects));
      expect((await store.current()).position).toBe(position);
      for (let at = position; at >= 5n; at--) {
        expect(await saidAt(store, at)).toEqual(await saidAt(genesis, at));
      }
    }
  });

  it('[STO-RDR-12] [LOG-CUT-2] with such a page is no base of a log that was cut there', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writeBelow(writer);
    await writeAbove(writer, keyIn(DAMAGED));
    await writer.close();
    const [table] = (await tablesOf(storage, store)) as [Table];
    const expected = await saidAt(store);
    const damaged = withOctetChanged(again(), table.name, DAMAGED * PAGE_LENGTH + 100);
    await store.cut();
    expect(await saidAt(closing(await openStore(again())))).toEqual(expected);
    expect(await codeOf(closing(await openStore(damaged)).current())).toBe('LOG.BASE');
  });

  it('[STO-CUT-6] with a page that is not right is no base of a cut, whether or not anyone meets it', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writeBelow(writer);
    await writer.close();
    const store = closing(await openStore(again()));
    const [table] = (await tablesOf(storage, store)) as [Table];
    const damaged = withOctetChanged(again(), table.name, DAMAGED * PAGE_LENGTH + 100);
    const faulty = closing(await openStore(damaged));
    expect((await (await faulty.at()).stat(keyIn(3))).verdict).toBe('absent');
    expect(await codeOf(faulty.cut())).toBe('STORE.NOT_ANCHORED');
    expect(await codeOf(installSnapshot(damaged, memoryStorage()))).toBe('STORE.NOT_ANCHORED');
    expect(await store.cut()).toBe(4n);
  });

  it('[STO-RDR-13] says the same whatever of the hashes of its pages is lost or damaged', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writeBelow(writer);
    await writeAbove(writer, keyIn(3));
    await writer.close();
    const expected = await saidAt(await fromGenesis(storage));
    const [table] = (await tablesOf(storage, closing(await openStore(again())))) as [Table];
    const kept = await readWhole(storage, table.kept);
    // One group of 42 pages.
    expect(kept).toHaveLength(32 + 32 * 42);
    const flipped = (at: number) => kept.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
    const lostAtOpening = [undefined, kept.subarray(0, 0), kept.subarray(0, 31), flipped(0), flipped(31)];
    for (const found of lostAtOpening) {
      await storage.delete(table.kept);
      if (found !== undefined) await storage.keep(table.kept, [found]);
      expect(await saidAt(closing(await openStore(again())))).toEqual(expected);
      expect(await readWhole(storage, table.kept)).toEqual(kept);
    }
    // The hash of a page that replay does not meet is missed by lookups only.
    const lostLater = Array.from({ length: 14 }, (_, index) => flipped(32 + 32 * 3 * index + index));
    for (const found of [kept.subarray(0, 32), kept.subarray(0, 1000), ...lostLater]) {
      await storage.keep(table.kept, [found]);
      expect(await saidAt(closing(await openStore(again())))).toEqual(expected);
    }
  });

  it('[STO-RDR-13] is read without them in a store that can only be read, and in pieces', async () => {
    const { storage, again } = make();
    await closedStore(storage, (writer) => writeAbove(writer, keyIn(3)));
    const expected = await saidAt(await fromGenesis(storage));
    const [table] = (await tablesOf(storage, closing(await openStore(again())))) as [Table];
    await storage.delete(table.kept);
    const readOnly = wrapStorage(again(), {
      keep: async (name) => {
        throw storeError('STORE.IO', `cannot keep ${name}`, { name });
      },
    });
    const counted = counting(readOnly, 'policies/');
    const store = closing(await openStore(counted));
    await store.current();
    const length = (await storage.size(table.name)) as number;
    expect(counted.count).toBeGreaterThanOrEqual(length);
    expect(counted.count).toBeLessThan(1.5 * length);
    expect(await saidAt(store)).toEqual(expected);
    expect(await storage.size(table.kept)).toBeUndefined();
  });
});
