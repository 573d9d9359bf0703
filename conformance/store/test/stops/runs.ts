import { join } from 'node:path';
import { formatHex, isAslError } from '@amduat/asl-core';
import { fileSystemStorage, memoryStorage, openStore, type Storage, type Store } from '@amduat/asl-store';
import { folderInMemory } from '../folders.js';
import { goOn, openDemo } from '../kills/history.mjs';
import type { Aftermath, Step, Stop } from './stopping.js';

/** A way to have a storage: what `make` gives, gives each process its own of the same objects. */
interface Backend {
  readonly name: string;
  make(): () => Storage;
}

const MEMORY: Backend = {
  name: 'memory',
  make() {
    const storage = memoryStorage();
    return () => storage;
  },
};

const FILE_SYSTEM: Backend = {
  name: 'file system',
  make() {
    const folder = join(folderInMemory(), 'store');
    return () => fileSystemStorage(folder);
  },
};

/** Which stops are tried of a storage. */
export interface Case {
  readonly backend: Backend;
  readonly aftermath: Aftermath;
  readonly when: string;
  readonly tried: (stop: Stop) => boolean;
}

const isWhole = ({ done }: Stop) => typeof done === 'string';

export const MEMORY_CASES: readonly Case[] = [
  { backend: MEMORY, aftermath: 'gone', when: 'before or after', tried: isWhole },
  { backend: MEMORY, aftermath: 'gone', when: 'amid', tried: (stop) => !isWhole(stop) },
  {
    backend: MEMORY,
    aftermath: 'refused',
    when: 'before or amid',
    tried: ({ done }) => done === 'none' || done === 1,
  },
];

/** Steps are slow here. One that follows another is stopped before when that is stopped after. */
export const FILES_CASE: Case = {
  backend: FILE_SYSTEM,
  aftermath: 'gone',
  when: 'after',
  tried: ({ done }) => done === 'all',
};

/** Runs at a time: much of what is done with files is waiting. */
const LANES = 8;

/** A storage in memory with the whole history in it, of which nothing was cut off. */
export async function uncutHistory(): Promise<Storage> {
  const storage = memoryStorage();
  await goOn(await openDemo(storage), { cuts: false });
  return storage;
}

/** Opens a store of which every writer is gone. */
export async function reopen(storage: Storage): Promise<Store> {
  return await openStore(storage, { mayRun: () => false });
}

export async function isStore(storage: Storage): Promise<boolean> {
  return (await storage.size('snapshots/genesis')) !== undefined;
}

/** Every object but those of epochs, which are others for whoever goes on. */
export async function objectsOf(storage: Storage): Promise<ReadonlyMap<string, string>> {
  const objects = new Map<string, string>();
  for (const name of await storage.list('')) {
    const bytes = await storage.read(name, 0, (await storage.size(name)) ?? 0);
    if (!/^(log|writer)\//.test(name)) objects.set(name, formatHex(bytes as Uint8Array));
  }
  return objects;
}

/** Waits until the storage under some work has stopped. */
export async function untilStopped(stopped: Promise<void>, work: Promise<unknown>): Promise<void> {
  await Promise.race([stopped, work.catch(ignoreRefusal).then(() => stopped)]);
}

function ignoreRefusal(error: unknown): void {
  if (!isAslError(error)) throw error;
}

export async function inLanes<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const runLane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
}

/** How many stops there were, at which kinds of steps. */
export function reportOf(steps: readonly Step[], stops: readonly Stop[]): string {
  const counts = new Map<string, number>();
  for (const { number } of stops) {
    const { operation, name } = steps[number - 1] as Step;
    const kind = `${operation} ${name.split('/')[name.startsWith('derived/') ? 1 : 0]}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`);
  return `${stops.length} stops at ${steps.length} steps: ${kinds.join(', ')}`;
}
