import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { formatHex } from '@amduat/asl-core';
import { formatKey, originOf, tilesOf } from '@amduat/asl-log';
import { nodeSha256Hasher, type SignedHead, type Store, signStoreHead } from '@amduat/asl-store';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { headResult } from '../schemas.js';
import { headMemoryOf, withAuthority } from '../session.js';

/** `amduat head`: signs the head of the log as it is. */
export const registerHead: Register = (program, action) => {
  program
    .command('head')
    .description('sign the head of the log as it is: a checkpoint in a signed note')
    .option('--tiles <dir>', 'write checkpoint and tiles there, as C2SP tlog-tiles has them')
    .action(
      action(async (run, options: { tiles?: string }) =>
        withAuthority(run, async (store, { signer }) => {
          const signed = await signStoreHead(store, signer, headMemoryOf(run.surroundings));
          if (options.tiles !== undefined) {
            await writeTiles(store, signed, resolve(run.surroundings.cwd, options.tiles));
          }
          const { head, note } = signed;
          const text = Buffer.from(note).toString('utf8');
          const key = formatKey({ name: originOf(head.domainId), key: signer.key });
          const result = { size: head.size.toString(), root: formatHex(head.root), key, note: text };
          run.output.result(headResult, result, text.trimEnd());
          run.output.note(`key ${key}`);
          return EXIT.done;
        }),
      ),
    );
};

/** The log as a folder that a plain web server can serve. Every leaf stands in it, and no payload. */
async function writeTiles(store: Store, { head, note }: SignedHead, folder: string): Promise<void> {
  for (const { name, bytes } of tilesOf(await store.leaves(head.size), nodeSha256Hasher)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'checkpoint'), note);
}
