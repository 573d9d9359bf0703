import { type Bytes, equalBytes, formatHex } from '@amduat/asl-core';
import { storeError } from './errors.js';
import { folderOf, generationName, type HashedKind, parseName } from './names.js';
import type { Storage } from './port.js';

/** Reads all of an object from an offset on, or undefined if it is not there. */
export async function readAll(storage: Storage, name: string, offset = 0): Promise<Bytes | undefined> {
  const length = await storage.size(name);
  return length === undefined ? undefined : await storage.read(name, offset, Math.max(0, length - offset));
}

/**
 * Stores bytes under their hash, durably.
 *
 * @spec STO-PRT-2, STO-OBJ-3
 * @param id - the hash by which the object is named.
 * @throws AslError `STORE.CONFLICT` when something else is there under this name.
 */
export async function createHashed(
  storage: Storage,
  kind: HashedKind,
  id: Uint8Array,
  bytes: Uint8Array,
): Promise<void> {
  const name = (await lowestGeneration(storage, kind, id)) ?? generationName(kind, id, 0n);
  if ((await storage.createOnce(name, [bytes])) === 'created') return;
  const there = await readAll(storage, name);
  if (there === undefined || !equalBytes(there, bytes)) {
    throw storeError('STORE.CONFLICT', `what is stored as ${name} is something else`, {
      name,
      expected: formatHex(id),
    });
  }
  await storage.sync(name);
}

/**
 * Finds the object that stands for a hash.
 *
 * @spec STO-OBJ-3
 * @returns the name of the lowest generation that is there, or undefined if there is none.
 */
export async function lowestGeneration(
  storage: Storage,
  kind: HashedKind,
  id: Uint8Array,
): Promise<string | undefined> {
  const first = generationName(kind, id, 0n);
  if ((await storage.size(first)) !== undefined) return first;
  let lowest: bigint | undefined;
  for (const name of await storage.list(folderOf(kind, id))) {
    const object = parseName(name);
    if (object === undefined || !('generation' in object)) continue;
    if (lowest === undefined || object.generation < lowest) lowest = object.generation;
  }
  return lowest === undefined ? undefined : generationName(kind, id, lowest);
}

/** The refusal of an object that something names and that is not there (STO-ERR-2). */
export function missing(kind: HashedKind, id: Uint8Array): ReturnType<typeof storeError> {
  return missingObject(generationName(kind, id, 0n));
}

export function missingObject(name: string): ReturnType<typeof storeError> {
  return storeError('STORE.MISSING', `${name} is named and not there`, { name });
}
