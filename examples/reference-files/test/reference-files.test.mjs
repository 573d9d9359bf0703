// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatReference, referenceOf } from '@amduat/asl-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameFile } from '../name-file.mjs';
import { walk } from '../walk.mjs';

const EXAMPLE = fileURLToPath(new URL('../index.mjs', import.meta.url));

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amduat-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** @param {string} path */
function runExample(path) {
  return spawnSync(process.execPath, [EXAMPLE, path], { encoding: 'utf8' });
}

describe('walk', () => {
  it('takes real files in byte order of names and follows no symbolic link', () => {
    mkdirSync(join(folder, 'b'));
    for (const name of ['é', 'Z', 'a', 'b/inner']) writeFileSync(join(folder, name), 'x');
    symlinkSync(folder, join(folder, 'c'));
    symlinkSync(join(folder, 'a'), join(folder, 'd'));
    expect([...walk(folder)].map(({ path }) => path)).toEqual(['Z', 'a', 'b/inner', 'é']);
  });
});

describe('nameFile', () => {
  it('gives the reference that the bytes in one piece have', () => {
    const bytes = new Uint8Array(2 ** 20 + 3).fill(7);
    writeFileSync(join(folder, 'large'), bytes);
    expect(formatReference(nameFile(join(folder, 'large')))).toBe(formatReference(referenceOf({ bytes })));
  });
});

describe('the example', () => {
  it('names and checks a folder and shows the mismatch of a flipped bit', () => {
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'line\nbreak'), 'hello');
    const { status, stdout } = runExample(folder);
    expect(stdout).toMatch(/^Named: 2 files, .*\nChecked: 2 files, /);
    expect(stdout).toMatch(/ {2}CORE\.DIGEST: the artifact is asl:sha256:\w{64}, not asl:sha256:1f1d4ea7/);
    expect(status).toBe(0);
  });

  it('ends well on an empty folder', () => {
    expect(runExample(folder).status).toBe(0);
  });

  it('refuses what is not a folder in one line', () => {
    const { status, stderr } = runExample(join(folder, 'nothing'));
    expect(stderr).toBe(`${join(folder, 'nothing')} is not a folder.\nUsage: npm start -- [DIR]\n`);
    expect(status).toBe(1);
  });
});
