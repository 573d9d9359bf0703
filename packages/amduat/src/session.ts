import { fileSystemStorage, openStore, readSecret, type Store, type Writer } from '@amduat/asl-store';
import type { Run } from './command.js';
import { locateStore } from './locate.js';

/** Opens the store a command is about for as long as `body` takes. */
export async function withStore<T>(run: Run, body: (store: Store, folder: string) => Promise<T>): Promise<T> {
  const folder = locateStore(run.store, run.surroundings);
  const store = await openStore(fileSystemStorage(folder));
  try {
    return await body(store, folder);
  } finally {
    await store.close();
  }
}

/** Opens the store for writing; closing the writer seals what was put. */
export async function withWriter<T>(
  run: Run,
  body: (writer: Writer, store: Store) => Promise<T>,
): Promise<T> {
  return await withStore(run, async (store, folder) => {
    const secret = await readSecret(folder);
    const writer = await store.openWriter(secret === undefined ? {} : { secret });
    const left = writer.leftBehind;
    if (left !== undefined) {
      run.output.note(`left behind in ${left.name}: ${left.length} bytes that were never acknowledged`);
    }
    try {
      return await body(writer, store);
    } finally {
      await writer.close();
    }
  });
}
