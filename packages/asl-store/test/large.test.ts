import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { formatReference, type Reference, startReference } from '@amduat/asl-core';
import {
  fileSystemStorage,
  memoryStorage,
  nodeSha256Hasher,
  openStore,
  verifyStore,
} from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { closing, initDemo, temporaryFolder } from './backends.js';

const MIB = 2 ** 20;

/** A stream of pieces that are all different. */
function* piecesOf(count: number): Generator<Uint8Array, void, undefined> {
  const piece = new Uint8Array(MIB);
  for (let index = 0; index < count; index++) {
    new DataView(piece.buffer).setUint32(index % 1000, index, false);
    yield piece.slice();
  }
}

async function* streamOf(count: number): AsyncGenerator<Uint8Array, void, undefined> {
  yield* piecesOf(count);
}

function referenceOfPieces(count: number): Reference {
  const stream = startReference(BigInt(count) * BigInt(MIB), undefined, nodeSha256Hasher);
  for (const piece of piecesOf(count)) stream.update(piece);
  return stream.finish();
}

describe('[STO-DET-1] a stream', () => {
  it('gives the same objects with any number of threads that hash', async () => {
    // More than is hashed before a thread is started.
    const count = 66;
    const expected = formatReference(referenceOfPieces(count));
    const objects: string[][] = [];
    for (const workerCount of [0, 1, 2]) {
      const storage = memoryStorage();
      const writer = await (await initDemo(storage)).openWriter({
        workerCount,
        limits: { blockLength: 3 * MIB },
      });
      for (const length of [undefined, BigInt(count) * BigInt(MIB)]) {
        const options = length === undefined ? {} : { length };
        const { reference } = await writer.put(streamOf(count), options);
        expect(formatReference(reference)).toBe(expected);
      }
      await writer.close();
      // Each has the bytes of its name, too.
      for await (const { object, error } of verifyStore(storage)) expect([object, error.code]).toEqual([]);
      objects.push((await storage.list('')).filter((name) => !name.startsWith('writer/')));
    }
    expect(objects[0]).toHaveLength(22 + 3);
    expect(objects).toEqual([objects[0], objects[0], objects[0]]);
  }, 60_000);
});

describe('an artifact longer than memory', () => {
  it('goes through a pipe, its length not known, in less than 256 MiB', async () => {
    const folder = join(temporaryFolder(), 'store');
    const storage = closing(fileSystemStorage(folder));
    await initDemo(storage);
    const script = fileURLToPath(new URL('piped.mjs', import.meta.url));
    const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const count = 288;
    const [, output] = await Promise.all([
      pipeline(Readable.from(piecesOf(count)), child.stdin),
      text(child.stdout),
    ]);
    const [name, residentKib] = JSON.parse(output) as [string, number];
    const reference = referenceOfPieces(count);
    expect(name).toBe(formatReference(reference));
    expect(residentKib).toBeLessThan(256 * 1024);
    const view = await closing(await openStore(storage)).at();
    expect((await view.stat(reference)).record?.length).toBe(BigInt(count) * BigInt(MIB));
    const start = 100n * BigInt(MIB) - 1n;
    const [last, first] = (await view.getRange(reference, start, start + 2n)) as Uint8Array;
    const pieces = [...piecesOf(101)];
    expect([last, first]).toEqual([pieces[99]?.at(-1), pieces[100]?.[0]]);
    for await (const { object, error } of verifyStore(storage)) expect([object, error.code]).toEqual([]);
  }, 60_000);
});
