import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from 'amduat';
import { beforeEach, describe, expect, it } from 'vitest';
import { amduat, type Ended } from './amduat.js';
import { temporaryFolder } from './folders.js';

/** Root may do everything: it works as somebody who may not. */
const UNPRIVILEGED: { readonly uid?: number } = process.getuid?.() === 0 ? { uid: 65534 } : {};

let store: string;
let file: string;
let ref: string;

const run = (...args: string[]): Ended => amduat(['--store', store, ...args], UNPRIVILEGED);

/** All files below a folder of the store. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(join(store, folder), { recursive: true, encoding: 'utf8' });
  return entries.map((entry) => join(store, folder, entry)).filter((path) => statSync(path).isFile());
}

function oneFileIn(folder: string): string {
  const [path] = filesIn(folder);
  if (path === undefined) throw new Error(`${folder} is empty`);
  return path;
}

/** What the command refused with, as the system says it. */
function systemCodesOf({ exitCode, errors }: Ended): unknown[] {
  expect(exitCode).toBe(EXIT.storage);
  return errors.map(({ code, details }) => [code, details?.['systemCode']]);
}

function lockFolders(mode: number): void {
  const folders = readdirSync(store, { recursive: true, encoding: 'utf8' }).map((entry) =>
    join(store, entry),
  );
  for (const path of [...folders, store]) if (statSync(path).isDirectory()) chmodSync(path, mode);
}

beforeEach(() => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  store = join(folder, 'store');
  mkdirSync(store);
  chmodSync(store, 0o777);
  file = join(folder, 'file');
  writeFileSync(file, randomBytes(5_000));
  expect(amduat(['init', store, '--open'], UNPRIVILEGED).exitCode).toBe(EXIT.done);
  ref = String(run('put', file).results[0]?.['ref']);
});

/** Reads the artifact back through the command. */
function expectReadable(): void {
  const copy = join(temporaryFolder(), 'copy');
  chmodSync(join(copy, '..'), 0o777);
  expect(run('get', ref, '-o', copy)).toMatchObject({ exitCode: EXIT.done, errors: [] });
  expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);
}

describe('[STO-RDR-1] [STO-ERR-4] a store that may be read and not written', () => {
  it('is read, and writing is refused as that', () => {
    lockFolders(0o555);
    expectReadable();
    for (const args of [['status'], ['log'], ['verify']])
      expect(run(...args)).toMatchObject({ exitCode: EXIT.done });
    for (const args of [
      ['put', file],
      ['rm', ref],
      ['tombstone', ref],
      ['publish', ref],
    ]) {
      expect(systemCodesOf(run(...args))).toEqual([['STORE.IO', 'EACCES']]);
    }
    lockFolders(0o755);
    expect(run('put', file).exitCode).toBe(EXIT.done);
  });

  it('is read without its keys, and writing is refused', () => {
    chmodSync(join(store, 'keys'), 0o000);
    expectReadable();
    expect(systemCodesOf(run('put', file))).toEqual([['STORE.IO', 'EACCES']]);
    chmodSync(join(store, 'keys'), 0o700);
  });
});

describe('[STO-ERR-4] [IDX-GET-5] an object that cannot be read', () => {
  it.each(['blocks', 'segments', 'log'])('of %s is an error of the storage, and no absence', (folder) => {
    const path = oneFileIn(folder);
    chmodSync(path, 0o000);
    expect(systemCodesOf(run('get', ref, '-o', join(store, 'copy')))).toEqual([['STORE.IO', 'EACCES']]);
    const { exitCode, results } = run('verify');
    expect(exitCode).toBe(EXIT.negative);
    const name = path.slice(store.length + 1);
    expect(results).toContainEqual(expect.objectContaining({ object: name, code: 'STORE.IO' }));
    chmodSync(path, 0o644);
    expectReadable();
  });

  it.each(['blocks', 'segments'])(
    'because its folder below %s cannot be entered is no absence either',
    (folder) => {
      const path = join(oneFileIn(folder), '..');
      chmodSync(path, 0o000);
      expect(systemCodesOf(run('get', ref, '-o', join(store, 'copy')))).toEqual([['STORE.IO', 'EACCES']]);
      expect(run('verify').exitCode).not.toBe(EXIT.done);
      // A put of what is there already looks for the bytes, and does not take them for lost.
      expect(systemCodesOf(run('put', file))).toContainEqual(['STORE.IO', 'EACCES']);
      chmodSync(path, 0o755);
      expectReadable();
    },
  );

  it('because log/ cannot be listed is no empty log', () => {
    chmodSync(join(store, 'log'), 0o000);
    expect(systemCodesOf(run('status'))).toEqual([['STORE.IO', 'EACCES']]);
    expect(systemCodesOf(run('put', file))).toEqual([['STORE.IO', 'EACCES']]);
    chmodSync(join(store, 'log'), 0o755);
    expectReadable();
    expect(run('verify').exitCode).toBe(EXIT.done);
  });

  it('because snapshots/ cannot be entered is no missing store', () => {
    chmodSync(join(store, 'snapshots'), 0o000);
    expect(systemCodesOf(run('status'))).toEqual([['STORE.IO', 'EACCES']]);
    chmodSync(join(store, 'snapshots'), 0o755);
    expectReadable();
  });
});
