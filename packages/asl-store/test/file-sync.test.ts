import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileSystemStorage } from '@amduat/asl-store';
import { describe, expect, it, vi } from 'vitest';
import { bytesOf, closing, codeOf, temporaryFolder } from './backends.js';

interface Call {
  readonly kind: 'sync' | 'write' | 'link';
  readonly path: string;
}

/** What was done to the file system, in order, once it was done; and whether the next sync is to fail. */
const system = vi.hoisted(() => ({ calls: [] as Call[], isSyncRefused: false }));

// Every call goes through to the file system: what a sync was for cannot be seen afterwards.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const paths = new Map<number, string>();
  type Settle = (error: NodeJS.ErrnoException | null) => void;
  const recording = (sync: typeof fs.fsync) => (descriptor: number, settle: Settle) => {
    if (system.isSyncRefused) return settle(Object.assign(new Error('refused'), { code: 'EIO' }));
    sync(descriptor, (error) => {
      system.calls.push({ kind: 'sync', path: paths.get(descriptor) ?? '' });
      settle(error);
    });
  };
  return {
    ...fs,
    openSync(path: string, flags: string) {
      const descriptor = fs.openSync(path, flags);
      paths.set(descriptor, path);
      return descriptor;
    },
    writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number) {
      const count = fs.writeSync(descriptor, bytes, offset, length, position);
      system.calls.push({ kind: 'write', path: paths.get(descriptor) ?? '' });
      return count;
    },
    fsync: recording(fs.fsync),
    fdatasync: recording(fs.fdatasync),
    promises: {
      ...fs.promises,
      async open(path: string, flags: string) {
        const handle = await fs.promises.open(path, flags);
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          await sync();
          system.calls.push({ kind: 'sync', path });
        };
        return handle;
      },
      async link(from: string, to: string) {
        await fs.promises.link(from, to);
        system.calls.push({ kind: 'link', path: to });
      },
    },
  };
});

/** The calls that some work makes, with paths from the folder on. */
async function callsOf(folder: string, work: () => Promise<unknown>): Promise<string[]> {
  system.calls.length = 0;
  await work();
  return system.calls.map(({ kind, path }) => {
    const name = relative(folder, path).replace(/^tmp\/.*/, 'a temporary');
    return `${kind} ${name || 'the root'}`;
  });
}

describe('a storage of the file system', () => {
  it('[STO-PRT-1] syncs what it creates before it has its name, and its directories before it says so', async () => {
    const folder = join(temporaryFolder(), 'store');
    const storage = closing(fileSystemStorage(folder));
    expect(await callsOf(folder, () => storage.createOnce('blocks/a/0', [bytesOf('a')]))).toEqual([
      'sync ..',
      'sync the root',
      'sync blocks',
      'sync a temporary',
      'link blocks/a/0',
      'sync blocks/a',
    ]);
    expect(await callsOf(folder, () => storage.createOnce('blocks/a/1', [bytesOf('b')]))).toEqual([
      'sync blocks',
      'sync a temporary',
      'link blocks/a/1',
      'sync blocks/a',
    ]);
  });

  it('[STO-PRT-2] makes durable what is there, and each directory up to the root', async () => {
    const folder = temporaryFolder();
    const storage = closing(fileSystemStorage(folder));
    await storage.createOnce('blocks/a/0', [bytesOf('a')]);
    expect(await callsOf(folder, () => storage.sync('blocks/a/0'))).toEqual([
      'sync blocks/a/0',
      'sync blocks/a',
      'sync blocks',
      'sync the root',
    ]);
  });

  it('[STO-PRT-3] syncs what it appends, and does not append again after that failed', async () => {
    const folder = temporaryFolder();
    const storage = closing(fileSystemStorage(folder));
    await storage.createOnce('log/1', [bytesOf('a')]);
    expect(await callsOf(folder, () => storage.append('log/1', bytesOf('b')))).toEqual([
      'write log/1',
      'sync log/1',
    ]);
    system.isSyncRefused = true;
    expect(await codeOf(storage.append('log/1', bytesOf('c')))).toBe('STORE.IO');
    system.isSyncRefused = false;
    const left = readFileSync(join(folder, 'log/1'));
    expect(await codeOf(storage.append('log/1', bytesOf('d')))).toBe('STORE.IO');
    expect(readFileSync(join(folder, 'log/1'))).toEqual(left);
  });
});
