import { readFileSync } from 'node:fs';

/** The command line, or a file that it names, is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads a file that the command line names.
 *
 * @throws UsageError when it cannot be read.
 */
export function readNamedFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
