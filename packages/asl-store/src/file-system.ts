import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  promises as fs,
  fstatSync,
  fsync,
  openSync,
  readSync as readFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes } from '@amduat/asl-core';
import { storeError } from './errors.js';
import { DERIVED_PREFIX, type Storage } from './port.js';

const syncFile = promisify(fsync);
const syncData = promisify(fdatasync);

/** Beside the objects: what is being created, and keys (DOM-SEC-4). */
const TEMPORARY_FOLDER = 'tmp';
export const KEYS_FOLDER = 'keys';

const OPEN_FILES_MAX = 512;
/** So much is read without asking first how long a file is. */
const TRUSTED_LENGTH = 2 ** 18;
const ZEROS = new Uint8Array(2 ** 16);
/** Zeros written ahead of an append double a file's length, up to this many at a time. */
const AHEAD_MAX = 2 ** 20;
const NAME = /^(?:[a-z0-9._-]+\/)*[a-z0-9._-]+$/;

/**
 * Makes a storage of a folder of the local file system.
 *
 * @param folder - path; made with the first object if it is not there.
 * @returns a storage that may be used by any number of processes at the same time.
 * @remarks Needs hard links, and a file system that keeps what it was told to sync.
 */
export function fileSystemStorage(folder: string): Storage {
  return new FileSystemStorage(folder);
}

/** Where the next append to a file goes, and up to where its zeros reach. */
interface AppendState {
  end: number;
  capacity: number;
  appended: boolean;
  failed: boolean;
}

class FileSystemStorage implements Storage {
  readonly #root: string;
  /** Tells the temporaries of this storage from those of every other. */
  readonly #mark = randomBytes(8).toString('hex');
  #temporaries = 0;
  /** Folders directly in the root whose entry is durable. */
  readonly #durableFolders = new Set<string>();
  /** Open for reading, the least recently used first. */
  readonly #open = new Map<string, number>();
  readonly #appends = new Map<string, AppendState>();

  constructor(folder: string) {
    this.#root = folder;
  }

  async createOnce(name: string, parts: readonly Uint8Array[]): Promise<'created' | 'exists'> {
    return await this.#refusing('create', name, async () => {
      const path = this.#path(name);
      await this.#makeFolders(dirname(path));
      for (;;) {
        const temporary = await this.#writeTemporary(parts, true);
        const outcome = await linkOnce(temporary, path);
        await fs.rm(temporary, { force: true });
        // Another holder's tidy took the temporary away: nothing was stored under any name.
        if (outcome === 'temporary-gone') continue;
        if (outcome === 'exists') return 'exists';
        await syncFolder(dirname(path));
        return 'created';
      }
    });
  }

  async read(name: string, offset: number, length: number): Promise<Bytes | undefined> {
    return await this.#refusing('read', name, async () => {
      const handle = await fs.open(this.#path(name), 'r').catch(absent);
      if (handle === undefined) return undefined;
      try {
        const { size } = await handle.stat();
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return filled === bytes.length ? bytes : bytes.slice(0, filled);
      } finally {
        await handle.close();
      }
    });
  }

  readSync = (name: string, offset: number, length: number): Bytes | undefined => {
    try {
      const fd = this.#descriptor(name);
      // What is asked for may be more than there is, and then nothing is reserved for it.
      const most = length <= TRUSTED_LENGTH ? length : fstatSync(fd).size - offset;
      const bytes = new Uint8Array(Math.max(0, Math.min(length, most)));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readFileSync(fd, bytes, filled, bytes.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled === bytes.length ? bytes : bytes.slice(0, filled);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw ioError('read', name, error);
    }
  };

  async size(name: string): Promise<number | undefined> {
    return await this.#refusing(
      'stat',
      name,
      async () => (await fs.stat(this.#path(name)).catch(absent))?.size,
    );
  }

  async list(prefix: string): Promise<string[]> {
    return await this.#refusing('list', prefix, async () => {
      const names: string[] = [];
      await this.#walk(join(this.#root, prefix), prefix === '', names);
      return names.sort();
    });
  }

  async folders(prefix: string): Promise<string[]> {
    return await this.#refusing('list', prefix, async () => {
      const entries =
        (await fs.readdir(join(this.#root, prefix), { withFileTypes: true }).catch(absent)) ?? [];
      return entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${prefix}${name}`)
        .sort();
    });
  }

  async #walk(path: string, isRoot: boolean, names: string[]): Promise<void> {
    const entries = (await fs.readdir(path, { withFileTypes: true }).catch(absent)) ?? [];
    for (const entry of entries) {
      if (isRoot && [TEMPORARY_FOLDER, KEYS_FOLDER, DERIVED_PREFIX.slice(0, -1)].includes(entry.name))
        continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) await this.#walk(child, false, names);
      else names.push(relative(this.#root, child).split(sep).join('/'));
    }
  }

  async delete(name: string): Promise<void> {
    await this.#refusing('delete', name, async () => {
      const path = this.#path(name);
      this.#close(name);
      await fs.rm(path, { force: true });
      await syncFolder(dirname(path)).catch(absent);
    });
  }

  async append(name: string, bytes: Uint8Array): Promise<void> {
    await this.#refusing('append', name, async () => {
      const path = this.#path(name);
      const fd = openSync(path, 'r+');
      try {
        const state = this.#appendState(name, fd);
        // STO-PRT-3: what a failed append has added is unknown.
        if (state.failed) throw Object.assign(new Error('an append failed before'), { code: 'EIO' });
        state.failed = true;
        writeAhead(fd, state, bytes.length);
        writeAll(fd, bytes, state.end);
        await syncData(fd);
        state.end += bytes.length;
        state.capacity = Math.max(state.capacity, state.end);
        state.appended = true;
        state.failed = false;
      } finally {
        closeSync(fd);
      }
    });
  }

  #appendState(name: string, fd: number): AppendState {
    const known = this.#appends.get(name);
    if (known !== undefined) return known;
    const { size } = fstatSync(fd);
    const state = { end: size, capacity: size, appended: false, failed: false };
    this.#appends.set(name, state);
    return state;
  }

  async sync(name: string): Promise<void> {
    await this.#refusing('sync', name, async () => {
      const path = this.#path(name);
      await syncFolder(path);
      for (let folder = dirname(path); ; folder = dirname(folder)) {
        await syncFolder(folder);
        if (folder === this.#root || folder === dirname(folder)) return;
      }
    });
  }

  async keep(name: string, parts: readonly Uint8Array[]): Promise<void> {
    await this.#refusing('keep', name, async () => {
      const path = this.#path(name);
      await fs.mkdir(dirname(path), { recursive: true });
      const temporary = await this.#writeTemporary(parts, false);
      await fs.rename(temporary, path);
      this.#close(name);
    });
  }

  async tidy(): Promise<void> {
    await this.#refusing('tidy', TEMPORARY_FOLDER, async () => {
      const folder = join(this.#root, TEMPORARY_FOLDER);
      for (const entry of (await fs.readdir(folder).catch(absent)) ?? []) {
        if (!entry.startsWith(this.#mark)) await fs.rm(join(folder, entry), { force: true });
      }
    });
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#close(name);
  }

  #close(name: string): void {
    const fd = this.#open.get(name);
    if (fd === undefined) return;
    this.#open.delete(name);
    closeSync(fd);
  }

  #descriptor(name: string): number {
    const known = this.#open.get(name);
    if (known !== undefined && this.#open.size < OPEN_FILES_MAX) return known;
    const fd = known ?? openSync(this.#path(name), 'r');
    this.#open.delete(name);
    this.#open.set(name, fd);
    if (this.#open.size > OPEN_FILES_MAX) this.#close(this.#open.keys().next().value as string);
    return fd;
  }

  #path(name: string): string {
    if (!NAME.test(name) || name.split('/').some((part) => part === '.' || part === '..')) {
      throw new RangeError(`name: ${JSON.stringify(name)} is no name of an object`);
    }
    return join(this.#root, name);
  }

  async #writeTemporary(parts: readonly Uint8Array[], isDurable: boolean): Promise<string> {
    const folder = join(this.#root, TEMPORARY_FOLDER);
    await fs.mkdir(folder, { recursive: true });
    const path = join(folder, `${this.#mark}-${this.#temporaries++}`);
    const handle = await fs.open(path, 'wx');
    try {
      for (const part of parts) await handle.writeFile(part);
      if (isDurable) await handle.sync();
    } catch (error) {
      await fs.rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return path;
  }

  /** Makes a folder and those above it, each with a durable entry in the one above. */
  async #makeFolders(folder: string): Promise<void> {
    if (this.#durableFolders.has(folder)) return;
    if (folder === this.#root) {
      const made = await fs.mkdir(folder, { recursive: true });
      if (made !== undefined) await syncFolder(dirname(folder));
    } else {
      await this.#makeFolders(dirname(folder));
      await fs.mkdir(folder).catch(existing);
      await syncFolder(dirname(folder));
    }
    if (folder === this.#root || dirname(folder) === this.#root) this.#durableFolders.add(folder);
  }

  async #refusing<T>(operation: string, name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw ioError(operation, name, error);
    }
  }
}

/** Writes zeros from the end of the file on, so that most appends leave its length as it is. */
function writeAhead(fd: number, state: AppendState, length: number): void {
  const end = state.end + length;
  // A file with a single append stays as short as it is.
  if (end <= state.capacity || !state.appended) return;
  const target = end + Math.min(AHEAD_MAX, end);
  for (let offset = state.capacity; offset < target; offset += ZEROS.length) {
    writeAll(fd, ZEROS.subarray(0, Math.min(ZEROS.length, target - offset)), offset);
  }
  state.capacity = target;
}

function writeAll(fd: number, bytes: Uint8Array, offset: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, offset + written);
  }
}

async function linkOnce(temporary: string, path: string): Promise<'created' | 'exists' | 'temporary-gone'> {
  try {
    await fs.link(temporary, path);
    return 'created';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists';
    if (codeOf(error) === 'ENOENT' && (await fs.stat(temporary).catch(absent)) === undefined)
      return 'temporary-gone';
    throw error;
  }
}

/** Syncs a folder, or a file. */
async function syncFolder(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await syncFile(fd);
  } finally {
    closeSync(fd);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function isAbsence(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function absent(error: unknown): undefined {
  if (!isAbsence(error)) throw error;
}

function existing(error: unknown): undefined {
  if (codeOf(error) !== 'EEXIST') throw error;
}

function ioError(operation: string, name: string, error: unknown): ReturnType<typeof storeError> {
  const systemCode = codeOf(error) ?? 'UNKNOWN';
  return storeError(
    'STORE.IO',
    `cannot ${operation} ${name}: ${systemCode}`,
    { name, operation, systemCode },
    error,
  );
}
