import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileSystemStorage, memoryStorage } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, temporaryFolder, textOf } from './backends.js';

describe.each(BACKENDS)('storage: $name', ({ make }) => {
  it('[STO-PRT-1] stores all parts under a name once, and then changes nothing', async () => {
    const { storage, again } = make();
    expect(await storage.createOnce('log/1', [bytesOf('ab'), bytesOf('c')])).toBe('created');
    expect(await storage.createOnce('log/1', [bytesOf('other')])).toBe('exists');
    expect(textOf(await again().read('log/1', 0, 10))).toBe('abc');
  });

  it('[STO-PRT-1] tells exactly one of several that it created', async () => {
    const { storage, again } = make();
    const storages = [storage, again(), again()];
    const contents = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.all(
      contents.map((text, index) => (storages[index % 3] ?? storage).createOnce('writer/1', [bytesOf(text)])),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(textOf(await storage.read('writer/1', 0, 100))).toBe(contents[outcomes.indexOf('created')]);
  });

  it('[STO-PRT-1] keeps what it stored when the caller changes its bytes later', async () => {
    const { storage } = make();
    const bytes = bytesOf('abc');
    await storage.createOnce('blocks/a/0', [bytes]);
    bytes.fill(0);
    const read = await storage.read('blocks/a/0', 0, 3);
    read?.fill(0);
    expect(textOf(await storage.read('blocks/a/0', 0, 3))).toBe('abc');
  });

  it('[STO-PRT-3] appends after what is there, in any process', async () => {
    const { storage, again } = make();
    await storage.createOnce('log/1', [bytesOf('a')]);
    await storage.append('log/1', bytesOf('bc'));
    expect(textOf(await again().read('log/1', 0, 100))).toBe('abc');
    for (let index = 0; index < 100; index++) await storage.append('log/1', bytesOf('defghij'));
    const length = 3 + 700;
    const bytes = await again().read('log/1', 0, 10_000);
    expect(textOf(bytes?.subarray(0, length))).toBe(`abc${'defghij'.repeat(100)}`);
    expect(bytes?.subarray(length).every((byte) => byte === 0)).toBe(true);
  });

  it('[STO-PRT-4] lists every name under a prefix, in order', async () => {
    const { storage, again } = make();
    for (const name of ['segments/b/0', 'blocks/b/1', 'blocks/a/0', 'blocks/b/0', 'log/1']) {
      await storage.createOnce(name, [bytesOf(name)]);
    }
    await storage.keep('derived/x/y', [bytesOf('derived')]);
    expect(await again().list('blocks/')).toEqual(['blocks/a/0', 'blocks/b/0', 'blocks/b/1']);
    expect(await again().list('')).toEqual([
      'blocks/a/0',
      'blocks/b/0',
      'blocks/b/1',
      'log/1',
      'segments/b/0',
    ]);
    expect(await again().list('derived/x/')).toEqual(['derived/x/y']);
    expect(await again().list('nothing/')).toEqual([]);
    expect(await again().folders('blocks/')).toEqual(['blocks/a', 'blocks/b']);
    await storage.delete('blocks/b/0');
    await storage.delete('blocks/b/0');
    expect(await again().list('blocks/b/')).toEqual(['blocks/b/1']);
  });

  it('reads parts, and undefined where nothing is', async () => {
    const { storage } = make();
    await storage.createOnce('blocks/a/0', [bytesOf('0123456789')]);
    const { readSync } = storage;
    for (const read of [
      storage.read.bind(storage),
      async (...part: [string, number, number]) => readSync?.(...part),
    ]) {
      expect(textOf(await read('blocks/a/0', 3, 4))).toBe('3456');
      expect(textOf(await read('blocks/a/0', 8, 4))).toBe('89');
      expect(textOf(await read('blocks/a/0', 20, 4))).toBe('');
      expect(await read('blocks/b/0', 0, 1)).toBeUndefined();
      expect(await read('blocks/a/0/1', 0, 1)).toBeUndefined();
    }
    expect(await storage.size('blocks/a/0')).toBe(10);
    expect(await storage.size('blocks/b/0')).toBeUndefined();
  });

  it('keeps derived bytes in place of others', async () => {
    const { storage } = make();
    await storage.keep('derived/x', [bytesOf('one')]);
    expect(textOf(storage.readSync?.('derived/x', 0, 10))).toBe('one');
    await storage.keep('derived/x', [bytesOf('t'), bytesOf('wo')]);
    expect(textOf(storage.readSync?.('derived/x', 0, 10))).toBe('two');
  });

  it('[STO-ERR-4] refuses to append to, or to sync, what is not there', async () => {
    const { storage } = make();
    await expect(storage.append('log/1', bytesOf('a'))).rejects.toThrow(/^STORE\.IO/);
    await expect(storage.sync('log/1')).rejects.toThrow(/^STORE\.IO/);
  });
});

describe('file system', () => {
  it('[STO-PRT-1] leaves no temporary behind, and tidies those of others', async () => {
    const folder = temporaryFolder();
    const storage = closing(fileSystemStorage(folder));
    await storage.createOnce('log/1', [bytesOf('a')]);
    await storage.createOnce('log/1', [bytesOf('b')]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    writeFileSync(join(folder, 'tmp/left-by-another'), 'half of it');
    expect(await storage.list('')).toEqual(['log/1']);
    await storage.tidy();
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  it('[STO-ERR-4] names the code of the system', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'log'), 'a file where a folder should be');
    const storage = closing(fileSystemStorage(folder));
    const error = await storage.createOnce('log/1', [bytesOf('a')]).catch((thrown) => thrown);
    expect(error.code).toBe('STORE.IO');
    expect(error.details).toMatchObject({ systemCode: 'ENOTDIR', name: 'log/1', operation: 'create' });
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => storage.readSync?.('loop', 0, 1)).toThrow(/^STORE\.IO.*ELOOP/);
    await expect(storage.size('loop')).rejects.toThrow(/^STORE\.IO.*ELOOP/);
  });

  it('refuses names that lead elsewhere', async () => {
    const storage = closing(fileSystemStorage(temporaryFolder()));
    for (const name of ['../x', 'a/../../x', '/etc/x', 'a//b', '', 'a/.']) {
      await expect(storage.createOnce(name, [])).rejects.toThrow(RangeError);
    }
  });

  it('doubles a log file ahead of its end, once it is appended to again', async () => {
    const folder = temporaryFolder();
    const storage = closing(fileSystemStorage(folder));
    await storage.createOnce('log/1', [new Uint8Array(160)]);
    await storage.append('log/1', new Uint8Array(100).fill(1));
    expect(statSync(join(folder, 'log/1')).size).toBe(260);
    await storage.append('log/1', new Uint8Array(100).fill(2));
    expect(statSync(join(folder, 'log/1')).size).toBe(720);
    await storage.append('log/1', new Uint8Array(100).fill(3));
    const bytes = readFileSync(join(folder, 'log/1'));
    expect(bytes.length).toBe(720);
    expect([...bytes.subarray(160, 461)]).toEqual([
      ...Array(100).fill(1),
      ...Array(100).fill(2),
      ...Array(100).fill(3),
      0,
    ]);
  });

  it('sees what another process appends, and folders that appear', async () => {
    const folder = temporaryFolder();
    const storage = closing(fileSystemStorage(folder));
    await storage.createOnce('log/1', [bytesOf('a')]);
    expect(textOf(storage.readSync?.('log/1', 0, 9))).toBe('a');
    appendFileSync(join(folder, 'log/1'), 'b');
    mkdirSync(join(folder, 'blocks/a'), { recursive: true });
    writeFileSync(join(folder, 'blocks/a/0'), 'c');
    expect(textOf(storage.readSync?.('log/1', 0, 9))).toBe('ab');
    expect(await storage.list('')).toEqual(['blocks/a/0', 'log/1']);
  });
});

describe('memory', () => {
  it('gives each storage objects of its own', async () => {
    const [one, other] = [memoryStorage(), memoryStorage()];
    await one.createOnce('log/1', []);
    expect(await other.list('')).toEqual([]);
  });
});
