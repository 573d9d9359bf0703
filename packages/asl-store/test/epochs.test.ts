import { formatHex, formatReference } from '@amduat/asl-core';
import { decodeHeader, encodeFrame, scanLog } from '@amduat/asl-log';
import {
  memoryStorage,
  openStore,
  type Storage,
  type Store,
  type View,
  verifyStore,
} from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { encodeClaim, thisHolder } from '../src/claim.js';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, textOf, wrapStorage } from './backends.js';

const DOMAIN_ID = 'fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655';

function logName(epoch: number): string {
  return `log/${String(epoch).padStart(20, '0')}`;
}

function writerName(epoch: number): string {
  return `writer/${String(epoch).padStart(20, '0')}`;
}

async function readObject(storage: Storage, name: string): Promise<Uint8Array> {
  return (await storage.read(name, 0, (await storage.size(name)) ?? 0)) ?? new Uint8Array();
}

/** One put by a writer of its own. */
async function putOne(store: Store, text: string): Promise<void> {
  const writer = await store.openWriter();
  await writer.put(bytesOf(text));
  await writer.close();
}

async function textsOf(store: Store): Promise<(string | undefined)[]> {
  await store.refresh();
  const view = await store.at();
  const texts: (string | undefined)[] = [];
  for await (const { reference } of view.entries()) texts.push(textOf(await view.get(reference)));
  return texts.sort();
}

async function verdictsOf(view: View): Promise<string[]> {
  const verdicts: string[] = [];
  for await (const { reference, verdict } of view.entries())
    verdicts.push(`${formatReference(reference)} ${verdict}`);
  return verdicts;
}

async function faultsOf(storage: Storage): Promise<string[]> {
  const faults: string[] = [];
  for await (const { object, error } of verifyStore(storage)) faults.push(`${object} ${error.code}`);
  return faults;
}

describe.each(BACKENDS)('epochs on the $name', ({ make }) => {
  it('[STO-EPO-1] [STO-EPO-3] [STO-OBJ-1] [STO-OBJ-3] lays down the objects of the worked example', async () => {
    const { storage, again } = make();
    await putOne(await initDemo(storage), 'one');
    await putOne(closing(await openStore(again())), 'two');
    const names = await storage.list('');
    expect(names.map((name) => name.replace(/[0-9a-f]{64}/, '…'))).toEqual([
      'blocks/…/0',
      'blocks/…/0',
      logName(1),
      logName(2),
      'segments/…/0',
      'segments/…/0',
      'snapshots/genesis',
      writerName(1),
      writerName(2),
    ]);
    const first = scanLog(await readObject(storage, logName(1)));
    expect(formatHex(first.header.domainId)).toBe(DOMAIN_ID);
    expect(first.header.baseLogseq).toBe(0n);
    expect(first.frames).toMatchObject([{ firstLogseq: 1n, recordCount: 1 }]);
    const second = scanLog(await readObject(storage, logName(2)));
    expect(second.header.baseLogseq).toBe(1n);
    expect(second.header.baseManifestHash).toEqual(new Uint8Array(32));
    expect(second.frames).toMatchObject([{ firstLogseq: 2n, recordCount: 1 }]);
  });

  it('[STO-EPO-2] gives a store to one writer at a time, in one process too', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const other = closing(await openStore(again()));
    const writer = await store.openWriter();
    expect(await codeOf(store.openWriter())).toBe('STORE.WRITER_BUSY');
    expect(await codeOf(other.openWriter())).toBe('STORE.WRITER_BUSY');
    await writer.close();
    const next = await other.openWriter();
    expect(next.epoch).toBe(2n);
    expect(await codeOf(writer.put(bytesOf('a')))).toBe('STORE.WRITER_STOPPED');
    await next.close();
  });

  it('[STO-EPO-1] lets exactly one of many take an epoch', async () => {
    const { storage, again } = make();
    await initDemo(storage);
    const stores = await Promise.all(
      Array.from({ length: 6 }, async () => closing(await openStore(again()))),
    );
    const outcomes = await Promise.allSettled(stores.map((store) => store.openWriter()));
    const writers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(writers).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('STORE.WRITER_BUSY');
    }
    await writers[0]?.close();
  });

  it('[STO-EPO-4] goes on below an epoch that was taken and never had a log file', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    await putOne(store, 'one');
    const refusing = wrapStorage(again(), {
      createOnce: async (name, parts) => {
        if (name.startsWith('log/')) throw new Error('the process ends here');
        return await again().createOnce(name, parts);
      },
      append: async () => {
        throw new Error('nor does it say that it is done');
      },
    });
    await expect((await openStore(refusing)).openWriter()).rejects.toThrow('the process ends here');
    expect(await storage.list('writer/')).toEqual([writerName(1), writerName(2)]);
    expect(await storage.list('log/')).toEqual([logName(1)]);
    expect(await textsOf(closing(await openStore(again())))).toEqual(['one']);
    await putOne(store, 'two');
    expect(await textsOf(closing(await openStore(again())))).toEqual(['one', 'two']);
    expect(await storage.list('log/')).toEqual([logName(1), logName(3)]);
    expect(await faultsOf(storage)).toEqual([]);
  });

  it('[STO-EPO-6] reads no record of a lower epoch above the base of a higher one', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    await putOne(store, 'one');
    const paused = closing(await openStore(again(), { mayRun: () => false }));
    const [slow, fast] = [await paused.openWriter(), await paused.openWriter()];
    await slow.put(bytesOf('late'));
    expect(await codeOf(slow.seal())).toBe('STORE.FENCED');
    // Its frame is there, and whole.
    expect(scanLog(await readObject(storage, logName(2))).records).toHaveLength(1);
    await fast.put(bytesOf('two'));
    expect(await fast.seal()).toBe(2n);
    await fast.close();
    expect(await textsOf(closing(await openStore(again())))).toEqual(['one', 'two']);
    expect(await faultsOf(storage)).toEqual([]);
  });
});

describe('[STO-EPO-6] a log file that goes on above the base of a higher one', () => {
  it('is read up to there', async () => {
    const storage = memoryStorage();
    const slow = await (await initDemo(storage)).openWriter();
    await slow.put(bytesOf('one'));
    expect(await slow.seal()).toBe(1n);
    const fast = await (await openStore(storage, { mayRun: () => false })).openWriter();
    await slow.put(bytesOf('late'));
    expect(await codeOf(slow.seal())).toBe('STORE.FENCED');
    expect(scanLog(await readObject(storage, logName(1))).records).toHaveLength(2);
    await fast.put(bytesOf('two'));
    await fast.close();
    expect(await textsOf(await openStore(storage))).toEqual(['one', 'two']);
    expect(await faultsOf(storage)).toEqual([]);
  });
});

describe('[STO-EPO-2] a holder that said it was done', () => {
  it('is succeeded, though it may be running', async () => {
    const storage = memoryStorage();
    await initDemo(storage);
    const store = await openStore(storage, { mayRun: () => true });
    for (const text of ['one', 'two']) await putOne(store, text);
    expect(await textsOf(store)).toEqual(['one', 'two']);
  });
});

/** A store with three epochs of one record each, in memory. */
async function threeEpochs(): Promise<Storage> {
  const [backend] = BACKENDS;
  const { storage } = (backend as (typeof BACKENDS)[0]).make();
  const store = await initDemo(storage);
  for (const text of ['one', 'two', 'three']) await putOne(store, text);
  return storage;
}

describe('[STO-EPO-5] a log whose parts do not fit', () => {
  it('is refused when a part is missing, is short, or is of another history', async () => {
    const storage = await threeEpochs();
    const other = await threeEpochs();
    await putOne(await openStore(other), 'four');
    const changes: Record<string, (name: string, bytes: Uint8Array) => Uint8Array | undefined> = {
      missing: (name, bytes) => (name === logName(1) ? undefined : bytes),
      short: (name, bytes) => (name === logName(2) ? bytes.subarray(0, 160) : bytes),
    };
    for (const change of Object.values(changes)) {
      const store = await openStore(await copyOf(storage, change));
      expect(await codeOf(store.current())).toBe('LOG.BASE');
      expect(await codeOf(store.openWriter())).toBe('LOG.BASE');
    }
    const [mine, theirs] = [await threeEpochs(), await initOther()];
    const foreign = await readObject(theirs, logName(1));
    const mixed = await copyOf(mine, (name, bytes) => (name === logName(1) ? foreign : bytes));
    expect(await codeOf((await openStore(mixed)).current())).toBe('LOG.BASE');
    expect(await faultsOf(mixed)).toEqual([`${logName(1)} LOG.BASE`]);
  });
});

/** The same domain with another first record. */
async function initOther(): Promise<Storage> {
  const [backend] = BACKENDS;
  const { storage } = (backend as (typeof BACKENDS)[0]).make();
  await putOne(await initDemo(storage), 'another history');
  return storage;
}

describe('bytes after the last good frame', () => {
  const torn = (name: string, bytes: Uint8Array) =>
    name === logName(3) ? Buffer.concat([bytes, bytesOf('half a frame')]) : bytes;

  it('[STO-EPO-9] are reported by the next writer, and left as they are', async () => {
    const storage = await copyOf(await threeEpochs(), torn);
    const { length } = await readObject(storage, logName(3));
    const store = await openStore(storage);
    expect(await textsOf(store)).toEqual(['one', 'three', 'two']);
    const writer = await store.openWriter();
    expect(writer.leftBehind).toEqual({ name: logName(3), offset: length - 12, length: 12 });
    await writer.close();
    expect((await readObject(storage, logName(3))).length).toBe(length);
    expect((await (await openStore(storage)).openWriter()).leftBehind).toBeUndefined();
  });

  it('[STO-EPO-10] [LOG-FRM-3] are named by a verification until a higher epoch begins before them', async () => {
    const storage = await copyOf(await threeEpochs(), torn);
    expect(await faultsOf(storage)).toEqual([`${logName(3)} LOG.TORN`]);
    await putOne(await openStore(storage), 'four');
    expect(await faultsOf(storage)).toEqual([]);
    const lost = await copyOf(storage, (name, bytes) =>
      name === logName(3) ? Buffer.concat([bytes.subarray(0, 160), bytesOf('half a frame')]) : bytes,
    );
    expect(await faultsOf(lost)).toContain(`${logName(3)} LOG.TORN`);
  });

  it('are no fault if they are zeros', async () => {
    const storage = await copyOf(await threeEpochs(), (name, bytes) =>
      name === logName(3) ? Buffer.concat([bytes, new Uint8Array(1000)]) : bytes,
    );
    expect(await faultsOf(storage)).toEqual([]);
    expect((await (await openStore(storage)).openWriter()).leftBehind).toBeUndefined();
  });

  it('[LOG-FRM-4] make the log damaged if a good frame follows them', async () => {
    const [backend] = BACKENDS;
    const { storage } = (backend as (typeof BACKENDS)[0]).make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    for (const text of ['one', 'two', 'three']) {
      await writer.put(bytesOf(text));
      await writer.seal();
    }
    await writer.close();
    const damaged = await copyOf(storage, (name, bytes) => {
      if (name === logName(1)) bytes[400] = (bytes[400] as number) ^ 1;
      return bytes;
    });
    expect(await codeOf((await openStore(damaged)).current())).toBe('LOG.DAMAGED');
    expect(await codeOf((await openStore(damaged)).openWriter())).toBe('LOG.DAMAGED');
    expect(await faultsOf(damaged)).toEqual([`${logName(1)} LOG.DAMAGED`]);
  });
});

describe('[STO-EPO-1] [STO-EPO-7] a writer that begins', () => {
  it('takes its epoch, then reads the end of the log, then looks for a greater epoch, and only then writes', async () => {
    const storage = await threeEpochs();
    const calls: string[] = [];
    const told = wrapStorage(storage, {
      async createOnce(name, parts) {
        calls.push(`create ${name}`);
        return await storage.createOnce(name, parts);
      },
      async list(prefix) {
        calls.push(`list ${prefix}`);
        return await storage.list(prefix);
      },
      async read(name, offset, length) {
        calls.push(`read ${name}`);
        return await storage.read(name, offset, length);
      },
    });
    const store = await openStore(told);
    calls.length = 0;
    const writer = await store.openWriter();
    const [claim, created] = [
      calls.indexOf(`create ${writerName(4)}`),
      calls.indexOf(`create ${logName(4)}`),
    ];
    const reads = calls.flatMap((call, index) => (/^read log\//.test(call) ? [index] : []));
    expect(claim).toBeGreaterThanOrEqual(0);
    expect(Math.min(...reads)).toBeGreaterThan(claim);
    const lastRead = Math.max(...reads.filter((index) => index < created));
    const looked = calls.lastIndexOf('list writer/', created);
    expect([claim < lastRead, lastRead < looked, looked < created]).toEqual([true, true, true]);
    await writer.close();
  });
});

describe('the log files of many writers', () => {
  it('[STO-EPO-8] brings 64 log files together in the next one, in frames as they were', async () => {
    const storage = memoryStorage();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    const keys = await Promise.all(
      ['a', 'b'].map(async (text) => (await writer.put(bytesOf(text))).reference),
    );
    await writer.seal();
    await Promise.all([writer.tombstone(keys[0] as never), writer.publish([keys[1] as never])]);
    await writer.close();
    for (let index = 1; index < 64; index++) await putOne(store, `artifact ${index}`);
    const { position } = await store.refresh();
    expect(position).toBe(66n);
    const copied = await store.openWriter();
    await copied.close();
    const scan = scanLog(await readObject(storage, logName(65)));
    expect(scan.header.baseLogseq).toBe(0n);
    expect(scan.records).toHaveLength(66);
    const first = scanLog(await readObject(storage, logName(1)));
    expect(scan.frames.slice(0, 2).map(({ recordCount }) => recordCount)).toEqual(
      first.frames.map(({ recordCount }) => recordCount),
    );
    expect(scan.frames[1]).toMatchObject({ firstLogseq: 2n, recordCount: 2 });
    expect(formatHex(encodeFrame(scan.records.slice(0, 1)))).toBe(
      formatHex(encodeFrame(first.records.slice(0, 1))),
    );
    // The lower files are not needed any more.
    for (let epoch = 1; epoch <= 64; epoch++) await storage.delete(logName(epoch));
    const reopened = closing(await openStore(storage));
    expect((await reopened.current()).snapshotId).toEqual((await store.current()).snapshotId);
    expect(await textsOf(reopened)).toEqual(await textsOf(store));
    await putOne(reopened, 'one more');
    expect(decodeHeader(await readObject(storage, logName(66))).baseLogseq).toBe(66n);
    expect(await faultsOf(storage)).toEqual([]);
  }, 60_000);
});

describe('the log files of many writers after a cut', () => {
  it('[STO-EPO-8] [STO-EPO-11] are brought together with the base and the manifest of the cut', async () => {
    const storage = memoryStorage();
    const store = await initDemo(storage);
    await putOne(store, 'below');
    const anchoring = await store.openWriter();
    await anchoring.snapshot();
    await anchoring.close();
    expect(await store.cut()).toBe(1n);
    const [cut] = (await storage.list('log/')) as [string];
    const first = decodeHeader(await readObject(storage, cut));
    expect(first.baseLogseq).toBe(1n);
    expect(first.baseManifestHash).not.toEqual(new Uint8Array(32));
    const epoch = Number(cut.slice('log/'.length));
    for (let index = 1; index < 64; index++) await putOne(store, `artifact ${index}`);
    expect(await storage.list('log/')).toHaveLength(64);
    await putOne(store, 'the one that copies');
    const copied = scanLog(await readObject(storage, logName(epoch + 64)));
    expect(copied.header).toEqual(first);
    expect(copied.records.map(({ logseq }) => logseq)).toEqual(
      Array.from({ length: 65 }, (_, index) => BigInt(index + 2)),
    );
    // That of the anchor, as it was.
    const anchor = scanLog(await readObject(storage, cut));
    expect(copied.frames[0]?.recordCount).toBe(anchor.frames[0]?.recordCount);
    const before = await openStore(await copyOf(storage));
    // The lower files are not needed any more; what is derived is made again.
    const alone = await copyOf(storage, (name, bytes) =>
      name.startsWith('derived/') || (name.startsWith('log/') && name !== logName(epoch + 64))
        ? undefined
        : bytes,
    );
    const reopened = closing(await openStore(alone));
    for (const position of [1n, 2n, 40n, 66n]) {
      const [expected, got] = [await before.at(position), await reopened.at(position)];
      expect(got.state).toEqual(expected.state);
      expect(await verdictsOf(got)).toEqual(await verdictsOf(expected));
    }
    expect(await textsOf(reopened)).toHaveLength(65);
    expect(await faultsOf(alone)).toEqual([]);
    expect(await faultsOf(storage)).toEqual([]);
    // The next one begins at the end again.
    await putOne(reopened, 'one more');
    const next = decodeHeader(await readObject(alone, logName(epoch + 65)));
    expect([next.baseLogseq, next.baseManifestHash]).toEqual([66n, new Uint8Array(32)]);
  }, 60_000);

  it('[STO-EPO-8] counts none below a cut', async () => {
    const storage = memoryStorage();
    const store = await initDemo(storage);
    for (let index = 0; index < 63; index++) await putOne(store, `artifact ${index}`);
    const anchoring = await store.openWriter();
    await anchoring.snapshot();
    await anchoring.close();
    // A cut that ended before it removed what is below.
    const removing = wrapStorage(storage, { delete: async () => {} });
    await (await openStore(removing)).cut();
    expect(await storage.list('log/')).toHaveLength(65);
    await putOne(store, 'above');
    const header = decodeHeader(await readObject(storage, logName(66)));
    expect([header.baseLogseq, header.baseManifestHash]).toEqual([64n, new Uint8Array(32)]);
    expect(await faultsOf(storage)).toEqual([]);
  }, 60_000);
});

describe('[STO-EPO-7] a writer that is overtaken before it begins', () => {
  it('is fenced, and begins no log file', async () => {
    const storage = memoryStorage();
    await putOne(await initDemo(storage), 'one');
    const overtaken = wrapStorage(storage, {
      async tidy() {
        await putOne(await openStore(storage, { mayRun: () => false }), 'two');
      },
    });
    expect(await codeOf((await openStore(overtaken)).openWriter())).toBe('STORE.FENCED');
    expect(await storage.list('log/')).toEqual([logName(1), logName(3)]);
    expect(await textsOf(await openStore(storage))).toEqual(['one', 'two']);
  });
});

describe('a reader', () => {
  it('[STO-RDR-2] makes the last frame durable before it uses it', async () => {
    const storage = await threeEpochs();
    const synced: string[] = [];
    let isRefused = false;
    const syncing = wrapStorage(storage, {
      async sync(name) {
        if (isRefused) throw new Error('not durable');
        synced.push(name);
        await storage.sync(name);
      },
    });
    const store = await openStore(syncing);
    expect((await store.current()).position).toBe(3n);
    expect(synced).toEqual([logName(3)]);
    await putOne(await openStore(storage), 'four');
    isRefused = true;
    await expect(store.refresh()).rejects.toThrow('not durable');
    expect((await store.current()).position).toBe(3n);
    await expect((await openStore(syncing)).current()).rejects.toThrow('not durable');
    isRefused = false;
    expect((await store.refresh()).position).toBe(4n);
    expect(synced).toEqual([logName(3), logName(4)]);
    await store.refresh();
    expect(synced).toHaveLength(2);
  });

  it('[STO-RDR-3] [STO-EPO-6] uses no frame that the base of an epoch which is just beginning may leave out', async () => {
    const storage = memoryStorage();
    await putOne(await initDemo(storage), 'one');
    const slow = await (await openStore(storage)).openWriter();
    await slow.put(bytesOf('late'));
    // The next writer has read the end of the log, and its log file is on its way.
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const beginning = wrapStorage(storage, {
      async createOnce(name, parts) {
        if (name === logName(3)) await begun;
        return await storage.createOnce(name, parts);
      },
    });
    const opening = (await openStore(beginning, { mayRun: () => false })).openWriter();
    while ((await storage.list('writer/')).length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(slow.seal())).toBe('STORE.FENCED');
    expect(scanLog(await readObject(storage, logName(2))).records).toHaveLength(1);
    let listings = 0;
    const following = wrapStorage(storage, {
      async list(prefix) {
        if (prefix === 'writer/' && ++listings === 3) begin?.();
        return await storage.list(prefix);
      },
    });
    const follower = await openStore(following);
    expect((await follower.current()).position).toBe(1n);
    const fast = await opening;
    await fast.put(bytesOf('two'));
    await fast.close();
    expect((await follower.refresh()).position).toBe(2n);
    expect(await textsOf(follower)).toEqual(['one', 'two']);
  });

  it('[STO-RDR-3] refuses a log that does not go through the state it gave', async () => {
    const [mine, theirs] = [memoryStorage(), await initOther()];
    await putOne(await initDemo(mine), 'one');
    await putOne(await openStore(theirs), 'two');
    let objects = mine;
    const replaced = wrapStorage(mine, {
      read: (name, offset, length) => objects.read(name, offset, length),
      size: (name) => objects.size(name),
      list: (prefix) => objects.list(prefix),
      sync: (name) => objects.sync(name),
    });
    const store = await openStore(replaced);
    const before = await store.current();
    objects = theirs;
    expect(await codeOf(store.refresh())).toBe('LOG.BASE');
    expect(await store.current()).toEqual(before);
  });

  it('[STO-EPO-4] does not wait for a writer that ended before it began', async () => {
    const storage = await threeEpochs();
    const holder = { ...thisHolder(new Uint8Array(32)), process: 2 ** 22 + 5, processStart: '1' };
    await storage.createOnce(writerName(4), [encodeClaim(holder)]);
    await storage.createOnce(writerName(5), [bytesOf('not a claim')]);
    expect(await textsOf(await openStore(storage))).toEqual(['one', 'three', 'two']);
    expect(await codeOf((await openStore(storage)).openWriter())).toBe('STORE.CONFLICT');
  });
});
