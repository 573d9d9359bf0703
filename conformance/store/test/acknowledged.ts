import { readFileSync } from 'node:fs';
import { equalBytes, parseReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore, verifyStore } from '@amduat/asl-store';
import type { Line } from './amduat.js';

/** What `put` told of, by its references: the files with the bytes. */
export class Acknowledged {
  readonly files = new Map<string, string>();

  add(results: readonly Line[]): void {
    for (const { ref, path } of results) this.files.set(ref as string, path as string);
  }

  /** The references that a store does not give back as they were put. */
  async lostFrom(folder: string): Promise<string[]> {
    const store = await openStore(fileSystemStorage(folder));
    const view = await store.at();
    const lost: string[] = [];
    for (const [ref, path] of this.files) {
      const bytes = await view.get(parseReference(ref));
      if (bytes === undefined || !equalBytes(bytes, readFileSync(path))) lost.push(ref);
    }
    await store.close();
    return lost;
  }
}

/** Every fault of a store, as `object code`. */
export async function faultsOf(folder: string): Promise<string[]> {
  const storage = fileSystemStorage(folder);
  const faults: string[] = [];
  for await (const { object, error } of verifyStore(storage)) faults.push(`${object} ${error.code}`);
  storage.close();
  return faults;
}
