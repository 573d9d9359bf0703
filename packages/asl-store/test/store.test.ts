import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorMaker, formatHex, parseReference, referenceOf } from '@amduat/asl-core';
import { decodePayload } from '@amduat/asl-log';
import {
  fileSystemStorage,
  initStore,
  makeKeys,
  memoryStorage,
  openStore,
  type PutSource,
  publicKeyOf,
  readAuthorityKey,
  readSecret,
  recoveryKeyHashOf,
  STORE_ERRORS,
  type Storage,
  writeKeys,
} from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import {
  BACKENDS,
  bytesOf,
  closing,
  codeOf,
  copyOf,
  initDemo,
  objectsOf,
  temporaryFolder,
  textOf,
  wrapStorage,
} from './backends.js';

const HELLO = parseReference('asl:sha256:1f1d4ea728bc4c10bbc8211c7644aa950b6296c9b3e70d263e4ae6fc83e895e4');
const LIMITS = { blockLength: 64, smallLength: 16, segmentRecordCount: 5, segmentByteCount: 500 };
const ABSENT = referenceOf({ bytes: bytesOf('nobody put this') });

function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + seed) & 255);
}

/** A stream that gives every piece in the same memory, as a reader of files may do it. */
async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += length) {
    const piece = bytes.subarray(at, at + length);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

describe.each(BACKENDS)('a store on the $name', ({ make }) => {
  it('[STO-ERR-1] [STO-OBJ-4] is made once, and opened only where there is one', async () => {
    const { storage, again } = make();
    expect(await codeOf(openStore(storage))).toBe('STORE.NOT_A_STORE');
    const store = await initDemo(storage);
    expect(formatHex(store.domainId)).toMatch(/^fed39ed6/);
    expect(store.genesis).toMatchObject({ name: 'demo', open: true });
    expect(await codeOf(initDemo(again()))).toBe('STORE.EXISTS');
    expect(await codeOf(initStore(make().storage, { name: 'No', authorityKey: new Uint8Array(32) }))).toBe(
      'DOM.NAME',
    );
  });

  it('gives back what was put, when it is sealed, also when it is opened again', async () => {
    const { storage, again } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter({ limits: LIMITS });
    const artifacts = [0, 1, 15, 16, 17, 63, 64, 65, 128, 200].map((length) => pattern(length, length));
    const put = await Promise.all(artifacts.map((bytes) => writer.put(bytes)));
    const tagged = await writer.put(artifacts[3] as Uint8Array, { typeTag: 0 });
    await writer.seal();
    expect(put.map(({ length }) => Number(length))).toEqual(artifacts.map(({ length }) => length));
    for (const opened of [store, closing(await openStore(again()))]) {
      const view = await opened.at((await opened.refresh()).position);
      for (const [index, { reference }] of put.entries()) {
        expect(reference).toEqual(referenceOf({ bytes: artifacts[index] as Uint8Array }));
        expect(await view.get(reference)).toEqual(artifacts[index]);
        expect(await opened.get(reference)).toEqual(artifacts[index]);
        const pieces: Uint8Array[] = [];
        for await (const piece of (await view.stream(reference)) ?? []) pieces.push(piece);
        expect(new Uint8Array(Buffer.concat(pieces))).toEqual(artifacts[index]);
      }
      expect(tagged.reference).toEqual(referenceOf({ bytes: artifacts[3] as Uint8Array, typeTag: 0 }));
      expect(await view.get(tagged.reference)).toEqual(artifacts[3]);
      expect((await view.stat(tagged.reference)).record).toMatchObject({ length: 16n, typeTag: 0 });
      expect((await view.stat(put[3]?.reference ?? ABSENT)).record).not.toHaveProperty('typeTag');
      expect(await view.get(ABSENT)).toBeUndefined();
      expect(await view.stream(ABSENT)).toBeUndefined();
      expect(await view.getRange(ABSENT, 0n, 0n)).toBeUndefined();
      expect(await opened.get(ABSENT)).toBeUndefined();
    }
    await writer.close();
  });

  it('[STX-OPEN-1] [STX-OPEN-3] shows nothing before its seal, and adds nothing that is there', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    const first = await writer.put(bytesOf('hello'));
    expect(first).toMatchObject({ reference: HELLO, length: 5n, added: true });
    expect((await (await store.at()).stat(HELLO)).verdict).toBe('absent');
    expect(await writer.seal()).toBe(1n);
    expect(await first.sealed).toBe(1n);
    const second = await writer.put(bytesOf('hello'));
    expect(second.added).toBe(false);
    expect(await second.sealed).toBe(1n);
    expect(await writer.seal()).toBe(1n);
    const other = await writer.put(bytesOf('hello'), { source: new Uint8Array(32).fill(9) });
    expect(other.added).toBe(true);
    expect(await writer.seal()).toBe(2n);
    expect((await (await store.at()).stat(HELLO)).record?.source).toEqual(new Uint8Array(32).fill(9));
    expect((await (await store.at(1n)).stat(HELLO)).record?.source).toEqual(new Uint8Array(32));
    await writer.close();
  });

  it('[STX-OPEN-3] [STO-DET-1] adds nothing that is on its way, however slow the storage is', async () => {
    const { storage } = make();
    let arrive: (() => void) | undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const slow = wrapStorage(storage, {
      async createOnce(name, parts) {
        if (name.startsWith('blocks/')) await arrived;
        return await storage.createOnce(name, parts);
      },
    });
    const store = await initDemo(slow);
    const writer = await store.openWriter();
    const first = await writer.put(bytesOf('hello'));
    const sealing = writer.seal();
    const again = await writer.put(bytesOf('hello'));
    arrive?.();
    await sealing;
    await writer.close();
    expect([first.added, again.added]).toEqual([true, false]);
    expect(await again.sealed).toBe(1n);
    expect((await store.refresh()).position).toBe(1n);
  });

  it('[STX-OPEN-3] stores bytes again that are not there any more', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writer.put(bytesOf('hello'));
    await writer.seal();
    const [block = ''] = await storage.list('blocks/');
    await storage.delete(block);
    storage.close();
    expect(await codeOf((await store.at()).get(HELLO))).toBe('STORE.MISSING');
    expect((await writer.put(bytesOf('hello'))).added).toBe(true);
    await writer.close();
    expect(textOf(await (await store.at()).get(HELLO))).toBe('hello');
  });

  it('[STO-ERR-2] [IDX-GET-5] says what is missing, never that a key is absent', async () => {
    const { storage } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writer.put(bytesOf('hello'));
    await writer.close();
    for (const kind of ['blocks/', 'segments/']) {
      const rest = await copyOf(storage, (name, bytes) => (name.startsWith(kind) ? undefined : bytes));
      const store = await openStore(rest);
      const view = await store.at();
      const error = await view.get(HELLO).catch((thrown) => thrown);
      expect(error.code).toBe('STORE.MISSING');
      expect(error.details.name).toMatch(new RegExp(`^${kind}[0-9a-f]{64}/0$`));
      expect(await codeOf(view.getRange(HELLO, 0n, 1n))).toBe('STORE.MISSING');
      if (kind === 'blocks/') expect(await codeOf(store.get(HELLO))).toBe('STORE.MISSING');
    }
  });

  it('[STO-RDR-6] hands out nothing that was not verified', async () => {
    const { storage } = make();
    const writer = await (await initDemo(storage)).openWriter({ limits: LIMITS });
    const { reference } = await writer.put(pattern(200));
    await writer.put(bytesOf('hello'));
    await writer.close();
    const block = formatHex(createHash('sha256').update(pattern(200).subarray(64, 128)).digest());
    const damaged = await copyOf(storage, (name, bytes) => {
      if (name === `blocks/${block}/0`) bytes[63] = (bytes[63] as number) ^ 1;
      return bytes;
    });
    const store = await openStore(damaged);
    const view = await store.at();
    expect(await codeOf(view.get(reference))).toBe('CORE.DIGEST');
    expect(await codeOf(store.get(reference))).toBe('CORE.DIGEST');
    expect(await codeOf(view.getRange(reference, 70n, 71n))).toBe('CORE.BLOCK.DIGEST');
    expect(await view.getRange(reference, 10n, 64n)).toEqual(pattern(200).slice(10, 64));
    expect(await view.getRange(reference, 128n, 200n)).toEqual(pattern(200).slice(128));
    const given: Uint8Array[] = [];
    const reading = (async () => {
      for await (const piece of (await view.stream(reference)) ?? []) given.push(piece);
    })();
    expect(await codeOf(reading)).toBe('CORE.BLOCK.DIGEST');
    expect(given).toEqual([pattern(200).slice(0, 64)]);
    expect(textOf(await view.get(HELLO))).toBe('hello');
  });

  it('[STO-ERR-6] gives ranges that are within the artifact, and no others', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter({ limits: LIMITS });
    const { reference } = await writer.put(pattern(200));
    const empty = (await writer.put(new Uint8Array())).reference;
    await writer.close();
    const view = await store.at();
    for (const [start, end] of [
      [0, 200],
      [0, 0],
      [200, 200],
      [63, 65],
      [64, 128],
      [1, 199],
      [199, 200],
    ] as const) {
      expect(await view.getRange(reference, BigInt(start), BigInt(end))).toEqual(
        pattern(200).slice(start, end),
      );
    }
    expect(await view.getRange(empty, 0n, 0n)).toEqual(new Uint8Array());
    for (const [start, end] of [
      [0n, 201n],
      [201n, 201n],
      [-1n, 5n],
      [5n, 4n],
      [0n, 2n ** 64n],
    ] as const) {
      expect(await codeOf(view.getRange(reference, start, end))).toBe('STORE.RANGE');
    }
    expect(await codeOf(view.getRange(empty, 0n, 1n))).toBe('STORE.RANGE');
  });

  it('[STO-RDR-5] [LOG-RPL-2] answers at a position, which has to be one that is known', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    await writer.put(bytesOf('hello'));
    await writer.seal();
    expect(textOf(await (await store.at()).get(HELLO))).toBe('hello');
    expect(await (await store.at(0n)).get(HELLO)).toBeUndefined();
    expect(await codeOf(store.at(2n))).toBe('LOG.POSITION');
    await writer.tombstone(HELLO, 7);
    expect(await (await store.at()).get(HELLO)).toBeUndefined();
    expect((await (await store.at()).stat(HELLO)).verdict).toBe('inadmissible');
    expect(textOf(await (await store.at(1n)).get(HELLO))).toBe('hello');
    expect(await codeOf(writer.put(bytesOf('hello')))).toBe('STORE.INADMISSIBLE');
    await writer.close();
    const records: unknown[] = [];
    for await (const { type, payload } of store.log()) records.push(decodePayload(type, payload)?.body.type);
    expect(records).toEqual(['segment-seal', 'tombstone']);
    const later: bigint[] = [];
    for await (const { logseq } of store.log(1n)) later.push(logseq);
    expect(later).toEqual([2n]);
  });

  it('publishes with the seal that makes an artifact visible, in one frame', async () => {
    const { storage } = make();
    const store = await initDemo(storage);
    const writer = await store.openWriter();
    const { sealed } = await writer.put(bytesOf('hello'), { publish: true });
    await writer.seal();
    expect(await sealed).toBe(1n);
    expect(writer.state.position).toBe(2n);
    const stat = await (await store.at()).stat(HELLO);
    expect(stat).toMatchObject({ verdict: 'published', publication: { published: true, logseq: 2n } });
    expect(stat.record?.visibility).toBe('published');
    expect((await (await store.at(1n)).stat(HELLO)).verdict).toBe('internal');
    const again = await writer.put(bytesOf('hello'), { publish: true });
    expect(again.added).toBe(false);
    expect(await writer.seal()).toBe(2n);
    await writer.unpublish([HELLO, HELLO]);
    const once = await writer.put(bytesOf('hello'), { publish: true });
    expect(once.added).toBe(false);
    await writer.close();
    expect(await once.sealed).toBe(4n);
    expect((await (await store.at()).stat(HELLO)).verdict).toBe('published');
  });

  it('[STO-OBJ-3] reads the lowest generation of an object that is there', async () => {
    const { storage } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writer.put(bytesOf('hello'));
    await writer.close();
    const later = memoryStorage();
    for (const name of await storage.list('')) {
      const bytes = (await storage.read(name, 0, 10_000)) ?? new Uint8Array();
      const isHashed = /^(blocks|segments)/.test(name);
      await later.createOnce(isHashed ? name.replace(/0$/, '12') : name, [bytes]);
      if (isHashed) await later.createOnce(name.replace(/0$/, '101'), [bytesOf('something else')]);
    }
    const store = await openStore(later);
    expect(textOf(await (await store.at()).get(HELLO))).toBe('hello');
    expect(textOf(await store.get(HELLO))).toBe('hello');
    const { added } = await (await store.openWriter()).put(bytesOf('hello'));
    expect(added).toBe(false);
  });

  it('[STO-ERR-4] answers no question while the storage refuses', async () => {
    const { storage, again } = make();
    const writer = await (await initDemo(storage)).openWriter();
    await writer.put(bytesOf('hello'));
    await writer.close();
    const ioError = errorMaker(STORE_ERRORS)('STORE.IO', 'EIO', { systemCode: 'EIO' });
    for (const kind of ['segments/', 'blocks/', 'log/']) {
      const refuse = (name: string) => {
        if (name.startsWith(kind)) throw ioError;
      };
      const refusing = wrapStorage(again(), {
        async read(name, offset, length) {
          refuse(name);
          return await storage.read(name, offset, length);
        },
        readSync(name, offset, length) {
          refuse(name);
          return storage.readSync?.(name, offset, length);
        },
      });
      const store = await openStore(refusing);
      expect(await codeOf(store.at().then((view) => view.get(HELLO)))).toBe('STORE.IO');
      if (kind !== 'log/') expect(await codeOf(store.get(HELLO))).toBe('STORE.IO');
    }
  });
});

describe('[STO-DET-1] [STX-OPEN-6] the same calls', () => {
  /** Puts in every form, seals by count and by request, removals and policy. */
  async function run(
    storage: Storage,
    asSource: (bytes: Uint8Array) => PutSource,
    isWaiting: boolean,
  ): Promise<void> {
    const writer = await (await initDemo(storage)).openWriter({ limits: LIMITS });
    const calls: Promise<unknown>[] = [];
    for (let index = 0; index < 25; index++) {
      const bytes = pattern((index * 37) % 150, index % 30);
      calls.push(writer.put(asSource(bytes), index % 5 === 0 ? { typeTag: index } : {}));
      if (index % 7 === 0) calls.push(writer.remove(referenceOf({ bytes })).catch(() => {}));
      if (index % 11 === 0) calls.push(writer.seal(), writer.publish([referenceOf({ bytes })]));
      if (isWaiting) await Promise.all(calls);
    }
    await Promise.all(calls);
    await writer.close();
  }

  const objects = async (storage: Storage) =>
    [...(await objectsOf(storage))].filter(([name]) => !/^writer/.test(name));

  it('give the same bytes on every storage, for every form of a source, waited for or not', async () => {
    const reference = memoryStorage();
    await run(reference, (bytes) => bytes, true);
    const expected = (await objects(reference)).filter(([name]) => !name.startsWith('log/'));
    expect(expected.length).toBeGreaterThan(20);
    const folder = temporaryFolder();
    let files = 0;
    const asFile = (bytes: Uint8Array) => {
      const path = join(folder, `${files++}`);
      writeFileSync(path, bytes);
      return { path };
    };
    const logs = new Set<string>();
    for (const asSource of [
      (bytes: Uint8Array) => bytes,
      (bytes: Uint8Array) => piecesOf(bytes, 7),
      asFile,
    ]) {
      for (const isWaiting of [true, false]) {
        for (const { make } of BACKENDS) {
          const { storage } = make();
          await run(storage, asSource, isWaiting);
          const all = await objects(storage);
          expect(all.filter(([name]) => !name.startsWith('log/'))).toEqual(expected);
          logs.add((await hashesOf(storage)).join());
        }
      }
    }
    expect(logs.size).toBe(1);
  });

  /** record_hash of every record: frames may differ, records may not. */
  async function hashesOf(storage: Storage): Promise<string[]> {
    const hashes: string[] = [];
    for await (const { recordHash } of (await openStore(storage)).log()) hashes.push(formatHex(recordHash));
    storage.close();
    return hashes;
  }
});

describe('[STO-DET-2] an open segment', () => {
  it('is sealed by the put that fills it, in records or in octets', async () => {
    const store = await initDemo(memoryStorage());
    const writer = await store.openWriter({ limits: { segmentRecordCount: 3, segmentByteCount: 100 } });
    const results = await Promise.all([1, 2, 3, 4, 90, 5, 100].map((length) => writer.put(pattern(length))));
    const logseqs = await Promise.all(results.map(({ sealed }) => sealed));
    expect(logseqs).toEqual([1n, 1n, 1n, 2n, 2n, 2n, 3n]);
    expect(await writer.seal()).toBe(3n);
    const last = await writer.put(pattern(7));
    await writer.close();
    expect(await last.sealed).toBe(4n);
    expect(await codeOf(writer.seal())).toBe('STORE.WRITER_STOPPED');
  });
});

describe('[STX-PACK-1] [STX-PACK-2] large and small artifacts', () => {
  it('go into blocks of their own, and into shared ones', async () => {
    const storage = memoryStorage();
    const writer = await (await initDemo(storage)).openWriter({ limits: LIMITS });
    await Promise.all([10, 16, 130, 16, 16, 10].map((length, seed) => writer.put(pattern(length, seed))));
    await writer.close();
    const lengths = await Promise.all((await storage.list('blocks/')).map((name) => storage.size(name)));
    expect(lengths.sort((left, right) => (left ?? 0) - (right ?? 0))).toEqual([2, 10, 58, 64, 64]);
  });
});

describe('a source', () => {
  it('[CORE-ENC-7] is refused when it is not as long as it was said to be', async () => {
    const store = await initDemo(memoryStorage());
    const writer = await store.openWriter({ limits: LIMITS });
    for (const length of [5, 200]) {
      for (const told of [length - 1, length + 1]) {
        const put = writer.put(piecesOf(pattern(length), 7), { length: BigInt(told) });
        expect(await codeOf(put)).toBe('CORE.STREAM.LENGTH');
      }
      expect((await writer.put(piecesOf(pattern(length), 7), { length: BigInt(length) })).added).toBe(true);
    }
    await writer.close();
    expect((await store.current()).position).toBe(1n);
  });

  it('[STO-ERR-5] is refused when it is a file that changes while it is read, and nothing of it stays', async () => {
    const path = join(temporaryFolder(), 'file');
    const changes = [
      () => appendFileSync(path, 'x'),
      () => truncateSync(path, 2 ** 21),
      () => utimesSync(path, 1, 1),
      () => writeFileSync(path, pattern(3 * 2 ** 20, 1)),
    ];
    for (const change of changes) {
      writeFileSync(path, pattern(3 * 2 ** 20));
      const storage = memoryStorage();
      let isChanged = false;
      const changing = wrapStorage(storage, {
        async createOnce(name, parts) {
          if (name.startsWith('blocks/') && !isChanged) change();
          if (name.startsWith('blocks/')) isChanged = true;
          return await storage.createOnce(name, parts);
        },
      });
      const writer = await (await initDemo(changing)).openWriter({
        limits: { blockLength: 2 ** 20, smallLength: 100 },
      });
      expect(await codeOf(writer.put({ path }))).toBe('STORE.CHANGED');
      expect((await writer.put({ path })).added).toBe(true);
      await writer.close();
      expect((await (await openStore(storage)).current()).position).toBe(1n);
    }
  });

  it('[STO-ERR-4] is refused when it is a file that cannot be read', async () => {
    const writer = await (await initDemo(memoryStorage())).openWriter();
    const path = join(temporaryFolder(), 'nothing');
    const error = await writer.put({ path }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'STORE.IO', details: { name: path, systemCode: 'ENOENT' } });
    expect(await codeOf(writer.put({ path: temporaryFolder() }))).toBe('STORE.IO');
  });

  it.skipIf(process.platform !== 'linux')(
    '[STO-ERR-4] [STO-ERR-5] is refused when it is a pipe, or has more octets than it says',
    async () => {
      const store = await initDemo(memoryStorage());
      const writer = await store.openWriter();
      const pipe = join(temporaryFolder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      expect(await codeOf(writer.put({ path: pipe }))).toBe('STORE.IO');
      // It says 0.
      expect(await codeOf(writer.put({ path: '/proc/self/stat' }))).toBe('STORE.CHANGED');
      await writer.close();
      expect((await store.refresh()).position).toBe(0n);
    },
  );

  it('[STO-ERR-5] is refused when it is a short file that another thread changes', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, pattern(60_000));
    const busy = new Worker(
      `const { utimesSync } = require('node:fs');
       for (let time = 1; ; time++) utimesSync(${JSON.stringify(path)}, time, time);`,
      { eval: true },
    );
    try {
      const writer = await (await initDemo(memoryStorage())).openWriter();
      let code: string | undefined;
      for (let tries = 0; code === undefined && tries < 100_000; tries++) {
        const error = await writer.put({ path }).then(
          () => undefined,
          (thrown) => thrown,
        );
        code = error?.code;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(code).toBe('STORE.CHANGED');
    } finally {
      await busy.terminate();
    }
  }, 60_000);

  it('that fails leaves the writer as it was', async () => {
    const store = await initDemo(memoryStorage());
    const writer = await store.openWriter({ limits: LIMITS });
    async function* failing() {
      yield pattern(100);
      throw new Error('the source ended early');
    }
    await expect(writer.put(failing())).rejects.toThrow('the source ended early');
    await expect(writer.put(bytesOf('a'), { typeTag: -1 })).rejects.toThrow(RangeError);
    await expect(writer.publish([])).rejects.toThrow(RangeError);
    expect((await writer.put(bytesOf('hello'))).added).toBe(true);
    expect(await writer.seal()).toBe(1n);
    await writer.close();
  });
});

describe('a closed domain', () => {
  it('[DOM-SEC-3] is written with its log secret, and read without', async () => {
    const storage = memoryStorage();
    const keys = makeKeys();
    await initStore(storage, { name: 'closed', authorityKey: publicKeyOf(keys.authority) });
    const store = await openStore(storage);
    expect(store.genesis.open).toBe(false);
    expect(await codeOf(store.openWriter())).toBe('DOM.SECRET');
    const writer = await store.openWriter({ secret: keys.secret as Uint8Array });
    await writer.put(bytesOf('hello'));
    await writer.close();
    expect(textOf(await (await (await openStore(storage)).at()).get(HELLO))).toBe('hello');
    for await (const { type, payload } of store.log()) {
      expect(decodePayload(type, payload)?.salt).not.toEqual(new Uint8Array(32));
    }
  });
});

describe('keys', () => {
  it('[DOM-SEC-1] [DOM-SEC-2] [DOM-SEC-4] are kept apart from the objects, for their owner alone', async () => {
    const folder = join(temporaryFolder(), 'store');
    const storage = closing(fileSystemStorage(folder));
    await initDemo(storage);
    const keys = makeKeys();
    await writeKeys(folder, keys);
    for (const name of ['authority.pem', 'recovery.pem', 'log-secret']) {
      expect(statSync(join(folder, 'keys', name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
    expect(await storage.list('')).toEqual(['snapshots/genesis']);
    expect(await readSecret(folder)).toEqual(keys.secret);
    const authority = await readAuthorityKey(folder);
    expect(authority && publicKeyOf(authority)).toEqual(publicKeyOf(keys.authority));
    expect(publicKeyOf(keys.authority)).toHaveLength(32);
    expect(await codeOf(writeKeys(folder, makeKeys()))).toBe('STORE.EXISTS');
    expect(await readSecret(folder)).toEqual(keys.secret);
    const open = temporaryFolder();
    await writeKeys(open, makeKeys({ open: true }));
    expect(await readSecret(open)).toBeUndefined();
    expect(await readAuthorityKey(temporaryFolder())).toBeUndefined();
    writeFileSync(join(open, 'keys/log-secret'), 'not a secret\n');
    expect(await codeOf(readSecret(open))).toBe('STORE.IO');
  });

  it('give the hash of a recovery key as a genesis manifest holds it', () => {
    const key = new Uint8Array(32).fill(3);
    const expected = createHash('sha256').update('ASL/RECOVERY/1').update(key).digest('hex');
    expect(formatHex(recoveryKeyHashOf(key))).toBe(expected);
  });
});
