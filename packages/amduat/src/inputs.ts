import { lstatSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from './errors.js';

/** One file that is to be put, or why it cannot be. */
export type Input =
  | { readonly path: string; readonly length: number }
  | { readonly path: string; readonly error: unknown };

/**
 * Lists the regular files that a path stands for: a file for itself, a folder for all files below it, in the order of the
 * bytes of the entries' names, depth first (STO-DET-3). Symbolic links and special files inside folders are left out.
 *
 * @param path - as typed; a symbolic link that is named itself is followed.
 * @param cwd - what `path` is relative to.
 * @returns the files; what cannot be read is an entry of its own, and the walk goes on.
 */
export async function* walkInputs(path: string, cwd: string): AsyncGenerator<Input> {
  yield* walk(path, cwd, statSync);
}

async function* walk(path: string, cwd: string, statOf: typeof lstatSync): AsyncGenerator<Input> {
  try {
    const stats = statOf(resolve(cwd, path));
    if (stats.isDirectory()) yield* walkFolder(path, cwd);
    else if (stats.isFile()) yield { path, length: stats.size };
    else if (statOf === statSync) throw new UsageError('neither a file nor a folder');
  } catch (error) {
    yield { path, error };
  }
}

async function* walkFolder(folder: string, cwd: string): AsyncGenerator<Input> {
  const names = await readdir(resolve(cwd, folder), { encoding: 'buffer' });
  for (const name of names.sort(Buffer.compare)) {
    const text = name.toString('utf8');
    const path = join(folder, text);
    if (Buffer.from(text).equals(name)) yield* walk(path, cwd, lstatSync);
    else yield { path, error: new UsageError('the name is not UTF-8') };
  }
}
