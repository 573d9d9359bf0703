import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationModules } from '../browser/packages.js';
import { openVectorPage, type VectorPage } from '../browser/vector-page.js';
import type { Adapter, VectorGroup } from '../src/run-vectors.js';
import { readVectorGroups, vectorFolders } from '../src/vector-files.js';

const PATIENCE_MS = 300_000;

/** Every vector on disk, but for those that only a package with I/O answers. */
async function groupsOfPurePackages(): Promise<VectorGroup[]> {
  const { pure, other } = operationModules();
  const [ofPure, ofOther] = await Promise.all([operationNames(pure), operationNames(other)]);
  return vectorFolders()
    .flatMap(readVectorGroups)
    .filter(({ op }) => ofPure.has(op) || !ofOther.has(op));
}

async function operationNames(files: readonly string[]): Promise<Set<string>> {
  const adapters = await Promise.all(files.map((file) => import(file) as Promise<Adapter>));
  return new Set(adapters.flatMap(({ operations }) => Object.keys(operations)));
}

describe('pure packages in headless Chromium', () => {
  let page: VectorPage | undefined;
  let reason = '';

  beforeAll(async () => {
    const opened = await openVectorPage(operationModules().pure);
    if ('page' in opened) page = opened.page;
    else reason = `no Chromium: ${opened.reason}`;
    if (reason !== '') console.log(`skipped: ${reason}`);
  }, PATIENCE_MS);

  afterAll(() => page?.close());

  it('pass every vector', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (page === undefined) return skip(reason);
    const groups = await groupsOfPurePackages();
    const outcomes = await page.runGroups(groups);
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
    const ids = groups.flatMap(({ vectors }) => vectors.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(0);
    expect(outcomes.map(({ id }) => id)).toEqual(ids);
  });

  it('fail a vector that expects another answer', { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (page === undefined) return skip(reason);
    const [{ vectors, ...group }] = (await groupsOfPurePackages()) as [VectorGroup];
    const wrong = vectors.map((vector) => ({ ...vector, expect: { err: { code: 'NO.SUCH.CODE' } } }));
    const outcomes = await page.runGroups([{ ...group, vectors: wrong }]);
    expect(outcomes.map(({ problem }) => problem)).toEqual(
      vectors.map(() => expect.stringMatching(/ instead of \{"err":\{"code":"NO\.SUCH\.CODE"\}\}$/)),
    );
  });
});
