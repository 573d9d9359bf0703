import { resolve } from 'node:path';
import { formatHex } from '@amduat/asl-core';
import { fileSystemStorage, installSnapshot } from '@amduat/asl-store';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { DEFAULT_FOLDER } from '../locate.js';
import { parseU64 } from '../parse.js';
import { formatBytes, startProgress } from '../progress.js';
import { installResult } from '../schemas.js';

/** `amduat install`: makes a store of the snapshot of another one, and of its log from there on. */
export const registerInstall: Register = (program, action) => {
  program
    .command('install')
    .description('make a store of a snapshot of another one; keys are not copied')
    .argument('<from>', 'the other store')
    .argument('[dir]', `where; --store, AMDUAT_STORE or ./${DEFAULT_FOLDER} if it is not named`)
    .option('--at <position>', 'of the snapshot; the last one that is anchored by default', parseU64)
    .action(
      action(async (run, from: string, dir: string | undefined, options: { at?: bigint }) => {
        const { cwd, env } = run.surroundings;
        const store = resolve(cwd, dir ?? run.store ?? (env['AMDUAT_STORE'] || DEFAULT_FOLDER));
        const storages = [fileSystemStorage(resolve(cwd, from)), fileSystemStorage(store)] as const;
        const progress = startProgress(run, 'install', 0);
        try {
          const installed = await installSnapshot(...storages, {
            ...(options.at !== undefined && { position: options.at }),
            progress: ({ byteCount }) => {
              run.surroundings.signal.throwIfAborted();
              progress.update(Number(byteCount));
            },
          });
          const result = {
            store,
            domainId: formatHex(installed.domainId),
            position: installed.position.toString(),
            objects: installed.objectCount,
            bytes: installed.byteCount.toString(),
          };
          run.output.result(
            installResult,
            result,
            `made ${store}: domain ${result.domainId} from position ${result.position} on, ` +
              `${result.objects} objects, ${formatBytes(Number(installed.byteCount))}`,
          );
          return EXIT.done;
        } finally {
          progress.stop();
          for (const storage of storages) storage.close();
        }
      }),
    );
};
