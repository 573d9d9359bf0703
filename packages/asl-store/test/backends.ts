import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAslError } from '@amduat/asl-core';
import {
  fileSystemStorage,
  initStore,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
} from '@amduat/asl-store';
import { afterEach } from 'vitest';

const folders: string[] = [];
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asl-store-'));
  folders.push(folder);
  return folder;
}

/** Closes something after the test. */
export function closing<R extends { close(): unknown }>(resource: R): R {
  opened.push(resource);
  return resource;
}

/** One way to have a storage: `again` is what another process would have of the same objects. */
export interface Backend {
  readonly name: string;
  make(): { storage: Storage; again: () => Storage };
}

export const BACKENDS: readonly Backend[] = [
  {
    name: 'memory',
    make() {
      const storage = memoryStorage();
      return { storage, again: () => storage };
    },
  },
  {
    name: 'file system',
    make() {
      const folder = join(temporaryFolder(), 'store');
      const again = () => closing(fileSystemStorage(folder));
      return { storage: again(), again };
    },
  },
];

/** An open domain that is the same in every test. */
export async function initDemo(storage: Storage): Promise<Store> {
  await initStore(storage, {
    name: 'demo',
    open: true,
    authorityKey: new Uint8Array(32).fill(0x11),
    nonce: new Uint8Array(32).fill(0x22),
  });
  return closing(await openStore(storage));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

/** Every object of a storage, without the zeros that a log file has ahead. */
export async function objectsOf(storage: Storage): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  for (const name of await storage.list('')) {
    const bytes = await storage.read(name, 0, (await storage.size(name)) ?? 0);
    const hex = Buffer.from(bytes ?? []).toString('hex');
    objects.set(name, name.startsWith('log/') ? hex.replace(/(00)+$/, '') : hex);
  }
  return objects;
}

/** The same objects, with some of the methods replaced. */
export function wrapStorage(storage: Storage, changes: Partial<Storage>): Storage {
  const { readSync } = storage;
  return {
    createOnce: (name, parts) => storage.createOnce(name, parts),
    read: (name, offset, length) => storage.read(name, offset, length),
    ...(readSync && { readSync }),
    size: (name) => storage.size(name),
    list: (prefix) => storage.list(prefix),
    folders: (prefix) => storage.folders(prefix),
    delete: (name) => storage.delete(name),
    append: (name, bytes) => storage.append(name, bytes),
    sync: (name) => storage.sync(name),
    keep: (name, parts) => storage.keep(name, parts),
    tidy: () => storage.tidy(),
    close: () => storage.close(),
    ...changes,
  };
}

/** A storage in memory with the same objects, apart from those that `change` changes or, with undefined, leaves out. */
export async function copyOf(
  storage: Storage,
  change: (name: string, bytes: Uint8Array) => Uint8Array | undefined = (_, bytes) => bytes,
): Promise<Storage> {
  const copy = memoryStorage();
  for (const name of await storage.list('')) {
    const bytes = await storage.read(name, 0, (await storage.size(name)) ?? 0);
    const changed = bytes && change(name, bytes);
    if (changed !== undefined) await copy.createOnce(name, [changed]);
  }
  return copy;
}

/** The code with which a promise was refused. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isAslError(error)) throw new Error('no AslError was thrown', { cause: error });
  return error.code;
}
