import { type FileHandle, open } from 'node:fs/promises';
import { type Bytes, concatBytes, copyBytes, isAslError } from '@amduat/asl-core';
import { storeError } from './errors.js';

const PIECE_LENGTH = 2 ** 20;

/** A file of the local file system whose bytes are to be put. */
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
 * Opens a file to be read in pieces.
 *
 * @spec STO-ERR-5
 * @returns pieces that end in `STORE.CHANGED` when the file's length or time of change is another than it was before.
 * @throws AslError `STORE.IO` when the file cannot be read.
 */
export async function openFilePieces({ path }: FileSource): Promise<Pieces> {
  try {
    const handle = await open(path, 'r');
    const { size, mtimeNs } = await handle.stat({ bigint: true });
    return { pieces: readPieces(handle, path, size, mtimeNs), length: size };
  } catch (error) {
    throw refusal(path, error);
  }
}

async function* readPieces(
  handle: FileHandle,
  path: string,
  size: bigint,
  mtimeNs: bigint,
): AsyncGenerator<Bytes, void, undefined> {
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
    const after = await handle.stat({ bigint: true });
    if (offset !== size || after.size !== size || after.mtimeNs !== mtimeNs) throw changed(path);
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
  const systemCode = String(error.code);
  return storeError(
    'STORE.IO',
    `cannot read ${path}: ${systemCode}`,
    { name: path, operation: 'read', systemCode },
    error,
  );
}
