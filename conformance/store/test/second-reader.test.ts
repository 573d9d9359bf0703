import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatHex, formatReference, isAslError } from '@amduat/asl-core';
import { fileSystemStorage, openStore, type Store } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { faultsOf } from './acknowledged.js';
import { amduat } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { FORGERIES, HONEST } from './forgeries/forgeries.js';
import { type Objects, withObjects, writeObjects } from './forgeries/objects.js';
import { HISTORIES, makeSample } from './forgeries/sample.js';
import { startRandom } from './random.js';

const SCRIPT = fileURLToPath(new URL('../../python/read_store.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const FLIPS = 60;

interface Told {
  readonly positions: readonly unknown[];
  readonly faults: readonly string[];
}

function readInPython(folder: string): Told {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', SCRIPT, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.split('\n').slice(0, -1);
  const positions = lines.map((line) => JSON.parse(line));
  const { faults } = positions.pop() as { faults: [string, string][] };
  return { positions, faults: faults.map((fault) => fault.join(' ')) };
}

async function readHere(folder: string): Promise<Told> {
  const store = await openStore(fileSystemStorage(folder));
  const { position: last } = await store.current();
  const positions: unknown[] = [];
  for (let position = 0n; position <= last; position++)
    positions.push({ position: position.toString(), ...(await saidAt(store, position)) });
  await store.close();
  return { positions, faults: await sortedFaults(folder) };
}

async function saidAt(store: Store, position: bigint): Promise<object> {
  try {
    const view = await store.at(position);
    const keys: unknown[] = [];
    for await (const { reference, verdict, record } of view.entries()) {
      const length = record === undefined ? {} : { length: record.length.toString() };
      keys.push({ ref: formatReference(reference), verdict, ...length });
    }
    return { snapshotId: formatHex(view.state.snapshotId), keys };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return { error: error.code };
  }
}

async function sortedFaults(folder: string): Promise<string[]> {
  return [...new Set(await faultsOf(folder))].sort();
}

function folderWith(objects: Objects): string {
  const folder = join(temporaryFolder(), 'store');
  writeObjects(objects, folder);
  return folder;
}

describe.skipIf(!hasPython)('the second implementation, of the same store', () => {
  it.each([{ options: ['--open'] }, { options: [] }])(
    '[STX-POS-3] [STX-VER-5] [STO-EPO-4] says the same at every position: init $options',
    async ({ options }) => {
      const folder = join(temporaryFolder(), 'store');
      expect(amduat(['init', folder, ...options]).exitCode).toBe(0);
      const run = (args: string[], input?: string) => {
        const ended = amduat(['--store', folder, ...args], input === undefined ? {} : { input });
        expect(ended.exitCode).toBe(0);
        return String(ended.results[0]?.['ref']);
      };
      const [first, second] = [run(['put', '-'], 'first'), run(['put', '--publish', '-'], 'second')];
      run(['put', '--type-tag', '7', '-'], '');
      run(['rm', first]);
      run(['tombstone', second]);
      run(['put', '-'], 'first');
      run(['unpublish', second, first]);
      run(['publish', first]);
      run(['lift', '6']);
      const here = await readHere(folder);
      expect(here.positions).toHaveLength(11);
      expect(here.faults).toEqual([]);
      expect(readInPython(folder)).toEqual(here);
    },
  );

  it.each(HISTORIES.flatMap((history) => [true, false].map((open) => ({ history, open }))))(
    '[LOG-RPL-10] [LOG-RPL-13] [LOG-CUT-3] [STO-CMP-3] says the same of a sample: $history, open $open',
    async ({ history, open }) => {
      const folder = join(temporaryFolder(), 'store');
      await makeSample(folder, open, history);
      const here = await readHere(folder);
      expect(here.faults).toEqual([]);
      expect(readInPython(folder)).toEqual(here);
    },
  );

  it.each(FORGERIES)('[STO-VFY-2] [STO-VFY-4] [STO-VFY-5] names the same faults: $name', async (forgery) => {
    const { closed = false, history } = forgery;
    const { objects } = await makeSample(join(temporaryFolder(), 'store'), !closed, history);
    const folder = folderWith(forgery.forge(objects).objects);
    expect(readInPython(folder).faults).toEqual(await sortedFaults(folder));
  });

  it.each(HONEST)('[STO-VFY-1] finds nothing in what a forger wrote without a lie: $name', async (honest) => {
    for (const history of honest.histories ?? (['plain'] as const)) {
      const { objects } = await makeSample(join(temporaryFolder(), 'store'), true, history);
      expect(readInPython(folderWith(honest.rewrite(objects))).faults).toEqual([]);
    }
  });

  it.each(HISTORIES)(
    '[STO-VFY-1] [STO-VFY-2] names the same faults where any octet is another: %s',
    async (history) => {
      const { objects } = await makeSample(join(temporaryFolder(), 'store'), true, history);
      const random = startRandom(11);
      const isOfHistory = (name: string) =>
        history === 'plain' || /^(log|policies|snapshots|leaves|records)/.test(name);
      const names = [...objects.keys()].filter(isOfHistory);
      for (let flip = 0; flip < FLIPS; flip++) {
        const name = names[flip % names.length] as string;
        const bytes = Uint8Array.from(objects.get(name) as Uint8Array);
        const offset = random.below(bytes.length);
        bytes[offset] = (bytes[offset] as number) ^ (1 + random.below(255));
        const folder = folderWith(withObjects(objects, { [name]: bytes }));
        const expected = { name, offset, faults: await sortedFaults(folder) };
        expect.soft({ name, offset, faults: readInPython(folder).faults }).toEqual(expected);
      }
    },
  );
});
