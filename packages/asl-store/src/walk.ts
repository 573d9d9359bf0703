import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { storeError } from './errors.js';

/** A file below a folder. */
export interface WalkedFile {
  readonly path: string;
  /** Names from the folder on, joined by `/`. */
  readonly name: string;
}

/**
 * Gives the regular files below a folder, in the order in which they are to be put. Links and other special files are
 * left out.
 *
 * @spec STO-DET-3
 * @param folder - path.
 * @throws AslError `STORE.IO` when a folder cannot be read.
 */
export async function* walkFiles(folder: string): AsyncGenerator<WalkedFile, void, undefined> {
  yield* walk(folder, '');
}

async function* walk(folder: string, prefix: string): AsyncGenerator<WalkedFile, void, undefined> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const details = { name: folder, operation: 'list', systemCode: error.code ?? 'UNKNOWN' };
    throw storeError('STORE.IO', `cannot list ${folder}: ${details.systemCode}`, details, error);
  });
  // Not the order of UTF-16 code units, and no locale's.
  entries.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* walk(path, `${name}/`);
    else if (entry.isFile()) yield { path, name };
  }
}
