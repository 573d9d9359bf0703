import { join } from 'node:path';
import { equalBytes, isAslError, type Reference } from '@amduat/asl-core';
import { fileSystemStorage, openStore, type Store } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './acknowledged.js';
import { temporaryFolder } from './folders.js';
import { type Answer, FORGERIES, type Forgery, HONEST } from './forgeries/forgeries.js';
import { type Objects, writeObjects } from './forgeries/objects.js';
import { type History, makeSample, type Sample } from './forgeries/sample.js';

const FORGERIES_LEAST = 15;
const PLAIN: readonly History[] = ['plain'];

const samples = new Map<string, Promise<Sample>>();

function sampleOf({
  closed = false,
  history = 'plain',
}: {
  closed?: boolean;
  history?: History;
}): Promise<Sample> {
  const name = `${closed} ${history}`;
  const sample = samples.get(name) ?? makeSample(join(temporaryFolder(), 'store'), !closed, history);
  samples.set(name, sample);
  return sample;
}

function folderWith(objects: Objects): string {
  const folder = join(temporaryFolder(), 'store');
  writeObjects(objects, folder);
  return folder;
}

type Read = (store: Store, key: Reference) => Promise<Uint8Array | undefined>;

const READS: Readonly<Record<'view' | 'byReference', Read>> = {
  view: async (store, key) => await (await store.at()).get(key),
  byReference: async (store, key) => await store.get(key),
};

/** What a reader gets: never anything but the artifact's own bytes. */
async function answerOf(read: Promise<Uint8Array | undefined>, expected: Uint8Array): Promise<Answer> {
  try {
    const bytes = await read;
    if (bytes === undefined) return 'absent';
    expect(equalBytes(bytes, expected)).toBe(true);
    return 'right';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

async function readAll(folder: string, { artifacts }: Sample, { key }: Forgery) {
  const store = await openStore(fileSystemStorage(folder));
  const answers: Partial<Record<keyof typeof READS, Answer>> = {};
  for (const [way, read] of Object.entries(READS) as [keyof typeof READS, Read][]) {
    for (const artifact of artifacts) {
      const answer = await answerOf(read(store, artifact.key), artifact.bytes);
      if (artifact.key === key || equalBytes(artifact.key.digest, key.digest)) answers[way] = answer;
    }
  }
  await store.close();
  return answers;
}

describe('a store that was made to look right', () => {
  for (const forgery of FORGERIES) {
    it(`${forgery.clauses} is found out: ${forgery.name}`, async () => {
      const sample = await sampleOf(forgery);
      const { objects, object, code } = forgery.forge(sample.objects);
      const folder = folderWith(objects);
      expect.soft(await faultsOf(folder)).toContain(`${object} ${code}`);
      const { view, byReference } = await readAll(folder, sample, forgery);
      expect.soft(forgery.view).toContain(view);
      expect.soft(forgery.byReference).toContain(byReference);
    });
  }

  it(`[STO-VFY-1] was made in at least ${FORGERIES_LEAST} ways`, () => {
    expect(new Set(FORGERIES.map(({ name }) => name)).size).toBe(FORGERIES.length);
    expect(FORGERIES.length).toBeGreaterThanOrEqual(FORGERIES_LEAST);
    console.log(`${FORGERIES.length} forgeries`);
  });
});

describe('a store that a forger wrote without a lie', () => {
  for (const { name, rewrite, histories = PLAIN } of HONEST) {
    it(`[STO-VFY-1] is clean: ${name}`, async () => {
      for (const closed of [false, true]) {
        for (const history of histories) {
          const sample = await sampleOf({ closed, history });
          expect(await faultsOf(folderWith(rewrite(sample.objects)))).toEqual([]);
        }
      }
    });
  }
});
