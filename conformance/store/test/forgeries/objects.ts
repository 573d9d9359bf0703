import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatHex } from '@amduat/asl-core';
import { fileSystemStorage } from '@amduat/asl-store';

/** Every object of a store, by its name. A value: a change makes another one. */
export type Objects = ReadonlyMap<string, Uint8Array>;

export async function readObjects(folder: string): Promise<Objects> {
  const storage = fileSystemStorage(folder);
  const objects = new Map<string, Uint8Array>();
  for (const name of await storage.list('')) {
    const bytes = await storage.read(name, 0, (await storage.size(name)) ?? 0);
    if (bytes !== undefined) objects.set(name, bytes);
  }
  storage.close();
  return objects;
}

export function writeObjects(objects: Objects, folder: string): void {
  for (const [name, bytes] of objects) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

/** With some objects put in place, or, with undefined, left out. */
export function withObjects(
  objects: Objects,
  changes: Readonly<Record<string, Uint8Array | undefined>>,
): Objects {
  const changed = new Map(objects);
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === undefined) changed.delete(name);
    else changed.set(name, bytes);
  }
  return new Map([...changed].sort(([left], [right]) => (left < right ? -1 : 1)));
}

export function objectOf(objects: Objects, name: string): Uint8Array {
  const bytes = objects.get(name);
  if (bytes === undefined) throw new Error(`there is no ${name}`);
  return bytes;
}

export const namesOf = (objects: Objects, prefix: string): string[] =>
  [...objects.keys()].filter((name) => name.startsWith(prefix));

export const blockName = (blockId: Uint8Array): string => `blocks/${formatHex(blockId)}/0`;
export const segmentName = (segmentId: Uint8Array): string => `segments/${formatHex(segmentId)}/0`;
export const manifestName = (hash: Uint8Array): string => `snapshots/${formatHex(hash)}/0`;
export const policyName = (hash: Uint8Array): string => `policies/${formatHex(hash)}/0`;
export const leavesName = (logseq: number): string => `leaves/${logseq.toString().padStart(20, '0')}`;
export const recordName = (logseq: number): string => `records/${logseq.toString().padStart(20, '0')}`;
export const logName = (epoch: number): string => `log/${epoch.toString().padStart(20, '0')}`;
export const writerName = (epoch: number): string => `writer/${epoch.toString().padStart(20, '0')}`;
