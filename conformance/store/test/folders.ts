import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Where a system keeps files in memory. */
const MEMORY = '/dev/shm';

/** A folder that is gone after the test. */
export function temporaryFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'amduat-conformance-'));
  folders.push(folder);
  return folder;
}

/** A folder that is gone after the test, on no disk where that is possible: for tests that no disk can fail. */
export function folderInMemory(): string {
  return temporaryFolder(existsSync(MEMORY) ? MEMORY : tmpdir());
}
