import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check, fix } from '../checks/schemas.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amduat-schemas-'));
  await mkdir(join(root, 'conformance/schema'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

describe('schemas check', () => {
  it('finds nothing in what fix wrote, whatever the line breaks', async () => {
    await fix(root);
    const path = join(root, 'conformance/schema/vectors.schema.json');
    await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
    expect(await check(root)).toEqual([]);
  });

  it('names a schema that is missing, not JSON or out of date', async () => {
    await fix(root);
    await rm(join(root, 'conformance/schema/vectors.schema.json'));
    await writeFile(join(root, 'conformance/schema/errors.schema.json'), '{');
    const mutants = join(root, 'conformance/schema/mutants.schema.json');
    await writeFile(mutants, (await readFile(mutants, 'utf8')).replace('"killedBy"', '"killers"'));
    expect(await check(root)).toEqual([
      'conformance/schema/errors.schema.json: stale, run pnpm fix',
      'conformance/schema/mutants.schema.json: stale, run pnpm fix',
      'conformance/schema/vectors.schema.json: stale, run pnpm fix',
    ]);
  });
});
