import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat, type Given, type Line } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { readObjects } from './forgeries/objects.js';

/** Names that sort and fold differently from one locale to another. */
const NAMES = [
  'I',
  'i',
  'ı',
  'İ',
  'ä',
  'z',
  'Z',
  'a',
  'ö/ß',
  'ö/SS',
  'ch',
  'cz',
  '10',
  '9',
  '\uff5e',
  '\u{1f600}',
];

interface Place extends Given {
  readonly name: string;
  /** The current folder, from the one that everything is in. */
  readonly from: string;
}

const PLACES: readonly Place[] = [
  { name: 'as it is', from: '.' },
  { name: 'Turkish, in another time zone', from: '.', env: { LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' } },
  {
    name: 'another folder, no language, one thread for files',
    from: 'elsewhere/below',
    env: { LC_ALL: 'C', LANG: 'C', TZ: 'UTC0', UV_THREADPOOL_SIZE: '1' },
  },
  { name: 'among the files', from: 'files/ö', env: { LANG: 'sv_SE.UTF-8', TZ: 'America/St_Johns' } },
];

/** The same command lines, in a copy of one store that nothing was written to yet. */
function write(original: string, { from, env }: Place): { store: string; said: Line[][] } {
  const folder = temporaryFolder();
  cpSync(original, folder, { recursive: true });
  const cwd = join(folder, from);
  mkdirSync(cwd, { recursive: true });
  const at = (path: string) => relative(cwd, join(folder, path)) || '.';
  const said: Line[][] = [];
  const run = (...args: string[]): Line[] => {
    const { exitCode, results } = amduat(['--store', at('store'), ...args], { cwd, env: env ?? {} });
    expect(exitCode).toBe(EXIT.done);
    // Paths are printed as they were typed, and where the store is.
    said.push(
      results.map(({ store: _, path, ...rest }) =>
        path === undefined ? rest : { ...rest, path: basename(`${path}`) },
      ),
    );
    return [...results];
  };
  const refs = run('put', at('files')).map(({ ref }) => String(ref));
  const [first, second, third] = refs as [string, string, string];
  run('put', '--publish', at('files/i'));
  run('rm', second);
  const [tombstone] = run('tombstone', first);
  run('lift', String(tombstone?.['logseq']));
  run('publish', third, second);
  run('unpublish', third);
  run('log');
  run('status');
  return { store: join(folder, 'store'), said };
}

async function hashedObjects(store: string): Promise<Map<string, string>> {
  const objects = [...(await readObjects(store))].filter(([name]) => !name.startsWith('writer/'));
  return new Map(objects.map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

function makeOriginal(): string {
  const folder = temporaryFolder();
  for (const name of NAMES) {
    const path = join(folder, 'files', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `the bytes of ${name}\n`);
  }
  expect(amduat(['init', join(folder, 'store')]).exitCode).toBe(EXIT.done);
  return folder;
}

describe('[STO-DET-1] [STX-OPEN-6] [LOG-RPL-6] the same command lines in the same closed domain', () => {
  it('give the same bytes, and say the same, wherever they run', async () => {
    const original = makeOriginal();
    const [expected, ...others] = PLACES.map((place) => write(original, place));
    const objects = await hashedObjects(expected?.store as string);
    expect([...objects.keys()].filter((name) => name.startsWith('log/'))).toHaveLength(7);
    for (const [index, { store, said }] of others.entries()) {
      const { name } = PLACES[index + 1] as Place;
      expect({ name, said }).toEqual({ name, said: expected?.said });
      expect({ name, objects: await hashedObjects(store) }).toEqual({ name, objects });
    }
  }, 120_000);
});
