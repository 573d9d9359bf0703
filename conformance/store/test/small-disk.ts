import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, in memory, that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes up all but so many octets, as one file. */
  fill(leave: number): void;
  /** Gives back what was filled. */
  free(): void;
  makeReadOnly(): void;
  unmount(): void;
}

const FILLER = 'filler';
const PAGE = 4096;

/** Root mounts by itself, others if they may without being asked for a password. */
function run(command: string, args: readonly string[]): boolean {
  const [program = '', ...rest] =
    process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  return spawnSync(program, rest, { stdio: 'ignore' }).status === 0;
}

/** Mounts a disk; undefined where that is not allowed. */
export function mountSmallDisk(length: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'amduat-disk-'));
  if (!run('mount', ['-t', 'tmpfs', '-o', `size=${length},mode=0777`, 'tmpfs', folder])) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const filler = join(folder, FILLER);
  return {
    folder,
    fill(leave) {
      const { bavail, bsize } = statfsSync(folder);
      const length = bavail * bsize - leave;
      if (length > 0) writeFileSync(filler, Buffer.alloc(length - (length % PAGE)));
    },
    free: () => rmSync(filler, { force: true }),
    makeReadOnly() {
      if (!run('mount', ['-o', 'remount,ro', folder])) throw new Error('the disk cannot be made read-only');
    },
    unmount() {
      run('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether small disks can be had here. */
export function canMount(): boolean {
  const disk = mountSmallDisk(2 ** 16);
  disk?.unmount();
  return disk !== undefined;
}
