import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './errors.js';
import type { Surroundings } from './output.js';

/** The folder that `init` makes where no other is named, found from every folder below. */
export const DEFAULT_FOLDER = '.amduat';

const GENESIS = join('snapshots', 'genesis');

/**
 * Finds the store a command is about: `--store`, else AMDUAT_STORE, else the nearest folder upwards that is a store or
 * holds one as `.amduat`.
 */
export function locateStore(
  option: string | undefined,
  { env, cwd }: Pick<Surroundings, 'env' | 'cwd'>,
): string {
  const named = option ?? (env['AMDUAT_STORE'] || undefined);
  if (named !== undefined) return resolve(cwd, named);
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, DEFAULT_FOLDER)]) {
      if (existsSync(join(candidate, GENESIS))) return candidate;
    }
    if (dirname(folder) === folder) break;
  }
  throw new UsageError(
    `no store here or in a folder above`,
    'make one with: amduat init; or name one with --store DIR or AMDUAT_STORE',
  );
}
