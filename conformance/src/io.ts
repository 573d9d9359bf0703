import type { Writable } from 'node:stream';

/** Where the commands run and answer. */
export interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** As `2031-12-24`. */
  readonly today: string;
}
