import { homedir } from 'node:os';
import { join } from 'node:path';
import type { NoteSigner } from '@amduat/asl-log';
import {
  fileSystemStorage,
  type HeadMemory,
  headMemory,
  openStore,
  readAuthorityKey,
  readSecret,
  type Store,
  signerOf,
  type Writer,
} from '@amduat/asl-store';
import type { Run } from './command.js';
import { UsageError } from './errors.js';
import { locateStore } from './locate.js';
import type { Surroundings } from './output.js';

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

/** What signs for a domain. */
export interface Authority {
  readonly signer: NoteSigner;
  /** The log secret of a closed domain. */
  readonly secret?: Uint8Array;
}

/** Opens the store together with the keys in its folder. */
export async function withAuthority<T>(
  run: Run,
  body: (store: Store, authority: Authority) => Promise<T>,
): Promise<T> {
  return await withStore(run, async (store, folder) => {
    const [key, secret] = [await readAuthorityKey(folder), await readSecret(folder)];
    if (key === undefined) throw new UsageError(`there is no authority key in ${folder}/keys`);
    return await body(store, { signer: signerOf(key), ...(secret && { secret }) });
  });
}

/** What the keys of this user have signed: apart from every store, so that a store put back does not forget it. */
export function headMemoryOf({ env }: Surroundings): HeadMemory {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return headMemory(env['AMDUAT_STATE'] || join(state, 'amduat', 'heads'));
}
