// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERATED, generateAccessors } from '../gen.mjs';

describe('accessors', () => {
  it('are what the schema gives, file by file', async () => {
    const committed = readdirSync(GENERATED, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = committed.map((path) => [
      relative(GENERATED, path).split(sep).join('/'),
      readFileSync(path, 'utf8'),
    ]);
    expect(Object.fromEntries(texts)).toEqual(await generateAccessors());
  });
});
