import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReference, HASH_SHA256 } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { EXIT } from 'amduat';
import { afterEach, describe, expect, it } from 'vitest';
import { Acknowledged, faultsOf } from './acknowledged.js';
import { amduat, type Ended } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { canMount, mountSmallDisk, type SmallDisk } from './small-disk.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;

const mounted: SmallDisk[] = [];

afterEach(() => {
  for (const disk of mounted.splice(0)) disk.unmount();
});

function smallDisk(length: number): SmallDisk {
  const disk = mountSmallDisk(length);
  if (disk === undefined) throw new Error('no disk can be mounted');
  mounted.push(disk);
  return disk;
}

function initOn(disk: SmallDisk): string {
  const store = join(disk.folder, 'store');
  expect(amduat(['init', store, '--open']).exitCode).toBe(EXIT.done);
  return store;
}

function randomFile(folder: string, name: string, length: number): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), randomBytes(length));
  return join(folder, name);
}

/** The command ended because the disk is full, and said so; gives the object it wanted to write. */
function fullAt({ exitCode, errors }: Ended): string {
  const error = errors.find(({ code }) => code === 'STORE.IO');
  expect(error?.details).toMatchObject({ systemCode: 'ENOSPC' });
  expect(exitCode).toBe(EXIT.storage);
  return String(error?.details?.['name']);
}

const kindOf = (name: string) => name.slice(0, name.indexOf('/'));

describe.skipIf(!canMount())('[STO-ERR-4] [STO-DUR-2] a disk that is full', () => {
  it('wherever it fills up during a put, loses nothing and can be written again', async () => {
    const disk = smallDisk(4 * MIB);
    const files = temporaryFolder();
    const store = initOn(disk);
    const acknowledged = new Acknowledged();
    acknowledged.add(amduat(['--store', store, 'put', randomFile(files, 'first', 5_000)]).results);
    const fullKinds = new Set<string>();
    for (let leave = 0; leave <= 28 * KIB; leave += 4 * KIB) {
      const file = randomFile(files, `at-${leave}`, 6_000);
      disk.fill(leave);
      const ended = amduat(['--store', store, 'put', file]);
      if (ended.exitCode !== EXIT.done) {
        fullKinds.add(kindOf(fullAt(ended)));
        expect(ended.results).toEqual([]);
      }
      acknowledged.add(ended.results);
      expect(await faultsOf(store)).toEqual([]);
      expect(await acknowledged.lostFrom(store)).toEqual([]);
      disk.free();
    }
    expect([...fullKinds].sort()).toEqual(['blocks', 'log', 'segments', 'writer']);
    expect(acknowledged.files.size).toBeGreaterThan(1);
    const after = amduat(['--store', store, 'put', randomFile(files, 'last', 6_000)]);
    expect(after.exitCode).toBe(EXIT.done);
    acknowledged.add(after.results);
    expect(await acknowledged.lostFrom(store)).toEqual([]);
    expect(await faultsOf(store)).toEqual([]);
  }, 300_000);

  it('[STO-EPO-9] [STO-EPO-10] leaves a torn tail where half a frame fits, which the next writer reports', async () => {
    const disk = smallDisk(4 * MIB);
    const store = initOn(disk);
    const acknowledged = new Acknowledged();
    acknowledged.add(
      amduat(['--store', store, 'put', randomFile(temporaryFolder(), 'first', 5_000)]).results,
    );
    // The claim takes a page, the log file three, of which two are there.
    const keys = Array.from({ length: 300 }, () =>
      formatReference({ hashId: HASH_SHA256, digest: randomBytes(32) }),
    );
    disk.fill(3 * 4 * KIB);
    const name = fullAt(amduat(['--store', store, 'publish', ...keys]));
    expect(name).toBe('log/00000000000000000002');
    expect(await faultsOf(store)).toEqual([`${name} LOG.TORN`]);
    expect(await acknowledged.lostFrom(store)).toEqual([]);
    disk.free();
    const opened = await openStore(fileSystemStorage(store));
    const writer = await opened.openWriter();
    expect(writer.leftBehind).toMatchObject({ name, offset: 160 });
    await writer.close();
    await opened.close();
    expect(await faultsOf(store)).toEqual([]);
    expect(await acknowledged.lostFrom(store)).toEqual([]);
    expect(amduat(['--store', store, 'publish', ...keys])).toMatchObject({ exitCode: EXIT.done });
    expect(await faultsOf(store)).toEqual([]);
  }, 120_000);

  it.each([
    // Small ones share a block, which is stored beside later puts.
    { kind: 'small', length: MIB, count: 96, sealed: 64 },
    // Large ones have blocks of their own, which are stored beside the next file.
    { kind: 'large', length: 4 * MIB, count: 24, sealed: 16 },
  ])(
    'in the middle of a folder of $kind files, keeps what was acknowledged before',
    async (files) => {
      const disk = smallDisk(80 * MIB);
      const folder = temporaryFolder();
      const store = initOn(disk);
      for (let index = 0; index < files.count; index++) randomFile(folder, String(index), files.length);
      const ended = amduat(['--store', store, 'put', folder]);
      const acknowledged = new Acknowledged();
      acknowledged.add(ended.results);
      // The first seal falls at 2^26 octets.
      expect(acknowledged.files.size).toBe(files.sealed);
      expect(await acknowledged.lostFrom(store)).toEqual([]);
      expect(await faultsOf(store)).toEqual([]);
      expect(kindOf(fullAt(ended))).toBe('blocks');
      // Told once, and of no file: it is not the fault of the one that comes next.
      expect(ended.errors.map((error) => 'path' in error)).toEqual([false]);
    },
    120_000,
  );

  it('during init, leaves nothing that is taken for a store, and init works once there is room', async () => {
    const disk = smallDisk(4 * MIB);
    let fullCount = 0;
    for (let leave = 0; leave <= 24 * KIB; leave += 4 * KIB) {
      const store = join(disk.folder, `store-${leave}`);
      disk.fill(leave);
      const ended = amduat(['init', store]);
      if (ended.exitCode !== EXIT.done) {
        fullAt(ended);
        fullCount++;
        expect(existsSync(join(store, 'snapshots', 'genesis'))).toBe(false);
        expect(amduat(['--store', store, 'status']).errors[0]?.code).toBe('STORE.NOT_A_STORE');
      }
      disk.free();
      if (ended.exitCode !== EXIT.done)
        expect(amduat(['init', store])).toMatchObject({ exitCode: EXIT.done });
      const file = randomFile(temporaryFolder(), 'first', 100);
      expect(amduat(['--store', store, 'put', file]).exitCode).toBe(EXIT.done);
      expect(await faultsOf(store)).toEqual([]);
    }
    expect(fullCount).toBeGreaterThan(2);
  }, 300_000);

  it('that becomes read-only can be read, and writing is refused as that', async () => {
    const disk = smallDisk(4 * MIB);
    const store = initOn(disk);
    const file = randomFile(temporaryFolder(), 'first', 5_000);
    const acknowledged = new Acknowledged();
    acknowledged.add(amduat(['--store', store, 'put', file]).results);
    disk.makeReadOnly();
    expect(await acknowledged.lostFrom(store)).toEqual([]);
    expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
    const refused = amduat(['--store', store, 'put', file]);
    expect(refused.exitCode).toBe(EXIT.storage);
    expect(refused.errors).toMatchObject([{ code: 'STORE.IO', details: { systemCode: 'EROFS' } }]);
  }, 120_000);
});
