import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatHex, isAslError } from '@amduat/asl-core';
import {
  fileSystemStorage,
  initStore,
  makeKeys,
  publicKeyOf,
  recoveryKeyHashOf,
  writeKeys,
} from '@amduat/asl-store';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { DEFAULT_FOLDER } from '../locate.js';
import { initResult } from '../schemas.js';

/** `amduat init`: makes a domain and its store. */
export const registerInit: Register = (program, action) => {
  program
    .command('init')
    .description('make a store')
    .argument('[dir]', `where; --store, AMDUAT_STORE or ./${DEFAULT_FOLDER} if it is not named`)
    .option('--domain <name>', 'a label for people: a-z, 0-9, ".", "-", "_"', 'local')
    .option('--open', 'an open domain: every record may be shown; cannot be changed later')
    .action(
      action(async (run, dir: string | undefined, options: { domain: string; open?: boolean }) => {
        const { cwd, env } = run.surroundings;
        const store = resolve(cwd, dir ?? run.store ?? (env['AMDUAT_STORE'] || DEFAULT_FOLDER));
        const domainId = await makeStore(store, options.domain, options.open === true);
        const result = {
          store,
          domainId: formatHex(domainId),
          name: options.domain,
          open: options.open === true,
        };
        const kind = result.open ? 'open' : 'closed';
        run.output.result(
          initResult,
          result,
          `made ${store}: ${kind} domain "${result.name}" ${result.domainId}\n` +
            `keys are in ${store}/keys; keep a copy of them somewhere else`,
        );
        return EXIT.done;
      }),
    );
};

/** The keys stand before the store that needs them does; where it is not made, they go again. */
async function makeStore(folder: string, name: string, open: boolean): Promise<Uint8Array> {
  const storage = fileSystemStorage(folder);
  const keys = makeKeys({ open });
  const recoveryKeyHash = recoveryKeyHashOf(publicKeyOf(keys.recovery));
  let areOurs = true;
  try {
    await writeKeys(folder, keys).catch((error: unknown) => {
      areOurs = !isAslError(error, 'STORE.EXISTS');
      throw error;
    });
    return await initStore(storage, {
      name,
      open,
      authorityKey: publicKeyOf(keys.authority),
      recoveryKeyHash,
    });
  } catch (error) {
    if (areOurs) await rm(join(folder, 'keys'), { recursive: true, force: true });
    throw error;
  }
}
