import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Bytes, concatBytes, copyBytes, isAslError } from '@amduat/asl-core';
import { storeError } from './errors.js';

const PIECE_LENGTH = 2 ** 20;

/** A file of at most so many octets is read at once, here: every turn of the thread pool costs more than the read. */
const READ_HERE_MAX = 2n ** 16n;

/** A regular file of the local file system whose bytes are to be put. */
export interface FileSource {
  readonly path: string;
}

/** What can be put: bytes, a stream of them, or a file. */
export type PutSource = Uint8Array | AsyncIterable<Uint8Array> | FileSource;

/** Bytes that come in pieces, and their length if it is known beforehand. */
export interface Pieces {
  /** Borrowed, one at a time. */
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly length: bigint | undefined;
}

/**
 * Reads a short file.
 *
 * @spec STO-ERR-5
 * @returns its bytes, owned; undefined if it is too long to be read at once.
 * @throws AslError `STORE.CHANGED` when the file's length or time of change is another afterwards, `STORE.IO` when it
 * cannot be read.
 */
export function readShortFile({ path }: FileSource): Bytes | undefined {
  try {
    // Whoever names a pipe does not wait for someone to write to it.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = fstatSync(descriptor, { bigint: true });
      if (!before.isFile()) throw unreadable(path, before.isDirectory() ? 'EISDIR' : 'EINVAL');
      if (before.size > READ_HERE_MAX) return undefined;
      const bytes = readThrough(descriptor, Number(before.size));
      if (bytes === undefined || isChanged(before, fstatSync(descriptor, { bigint: true })))
        throw changed(path);
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw refusal(path, error);
  }
}

/** The octets of a file, if there are exactly so many. */
function readThrough(descriptor: number, size: number): Bytes | undefined {
  // One octet more than there should be: a file that has grown gives it.
  const buffer = new Uint8Array(size + 1);
  let length = 0;
  for (let count = 1; count > 0 && length < buffer.length; length += count) {
    count = readSync(descriptor, buffer, length, buffer.length - length, length);
  }
  return length === size ? buffer.subarray(0, size) : undefined;
}

function isChanged(before: BigIntStats, after: BigIntStats): boolean {
  return after.size !== before.size || after.mtimeNs !== before.mtimeNs;
}

/**
 * Opens a file to be read in pieces.
 *
 * @spec STO-ERR-5
 * @returns pieces that end in `STORE.CHANGED` when the file's length or time of change is another than it was before.
 * @throws AslError `STORE.IO` when the file cannot be read.
 */
export async function openFilePieces({ path }: FileSource): Promise<Pieces> {
  try {
    const handle = await open(path, 'r');
    const before = await handle.stat({ bigint: true });
    return { pieces: readPieces(handle, path, before), length: before.size };
  } catch (error) {
    throw refusal(path, error);
  }
}

async function* readPieces(
  handle: FileHandle,
  path: string,
  before: BigIntStats,
): AsyncGenerator<Bytes, void, undefined> {
  const { size } = before;
  try {
    const buffer = new Uint8Array(Math.min(PIECE_LENGTH, Number(size) + 1));
    let offset = 0n;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, Number(offset));
      if (bytesRead === 0) break;
      offset += BigInt(bytesRead);
      if (offset > size) break;
      yield buffer.subarray(0, bytesRead);
    }
    if (offset !== size || isChanged(before, await handle.stat({ bigint: true }))) throw changed(path);
  } catch (error) {
    throw refusal(path, error);
  } finally {
    await handle.close();
  }
}

/** Reads a stream until it ends, or has more than `most` octets: then it is given again from its beginning. */
export async function readBeginning(
  pieces: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Bytes | AsyncIterable<Uint8Array>> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first: Bytes[] = [];
  let length = 0;
  while (length <= most) {
    const { done, value } = await iterator.next();
    if (done) return concatBytes(first);
    // The next piece may come in the same memory.
    first.push(copyBytes(value));
    length += value.length;
  }
  return resume(first, iterator);
}

async function* resume(
  first: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function changed(path: string): ReturnType<typeof storeError> {
  return storeError('STORE.CHANGED', `${path} changed while it was read`, { path });
}

function refusal(path: string, error: unknown): unknown {
  if (isAslError(error) || !(error instanceof Error) || !('code' in error)) return error;
  return unreadable(path, String(error.code), error);
}

function unreadable(path: string, systemCode: string, cause?: unknown): ReturnType<typeof storeError> {
  const details = { name: path, operation: 'read', systemCode };
  return storeError('STORE.IO', `cannot read ${path}: ${systemCode}`, details, cause);
}
