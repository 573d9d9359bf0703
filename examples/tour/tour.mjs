// @ts-check
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { amduat, jsonLines } from './amduat.mjs';

/** @typedef {{ path: string, ref: string, logseq: string }} Put */

const SAMPLE = 1000;

/**
 * Takes a folder of real files through everything a store does.
 * @param {string} store where the store is to be made
 * @param {string} folder whose files are stored
 */
export async function tour(store, folder) {
  amduat(store, ['init', store, '--domain', 'tour', '--open'], {
    shown: `init ${store} --domain tour --open`,
  });
  const puts = putFolder(store, folder);
  await readBack(store, puts);
  const chosen = /** @type {Put} */ (puts.find(({ path }) => path.endsWith('package.json')) ?? puts[0]);
  hideAndShow(store, chosen);
  tombstoneAndLift(store, chosen);
  await travel(store, chosen);
  anchorAndCompare(store, chosen);
  proveAndForge(store, chosen);
  reopenAndVerify(store);
}

/**
 * @param {string} store
 * @param {string} folder
 */
function putFolder(store, folder) {
  const outcome = amduat(store, ['put', folder, '--json'], { shown: `put ${folder} --json` });
  const puts = /** @type {Put[]} */ (jsonLines(outcome));
  const bytes = puts.reduce((sum, { path }) => sum + statSync(path).size, 0);
  const distinct = new Set(puts.map(({ ref }) => ref)).size;
  say(
    `${puts.length} files (${distinct} different artifacts), ${mebibytes(bytes)} in ${outcome.seconds.toFixed(1)} s: ` +
      `${Math.round(puts.length / outcome.seconds)} files/s, ${mebibytes(bytes / outcome.seconds)}/s, each durable before its line`,
  );
  return puts;
}

/**
 * @param {string} store
 * @param {readonly Put[]} puts
 */
async function readBack(store, puts) {
  const opened = await openStore(fileSystemStorage(store));
  const view = await opened.at();
  const step = Math.max(1, Math.floor(puts.length / SAMPLE));
  const begun = performance.now();
  let count = 0;
  for (let index = 0; index < puts.length; index += step) {
    const { path, ref } = /** @type {Put} */ (puts[index]);
    const bytes = await view.get(parseReference(ref));
    if (bytes === undefined || !readFileSync(path).equals(bytes))
      throw new Error(`${path} came back changed`);
    count++;
  }
  const seconds = (performance.now() - begun) / 1000;
  await opened.close();
  say(`${count} of them read back and equal to their files, ${Math.round(count / seconds)} a second`);
}

/**
 * @param {string} store
 * @param {Put} put
 */
function hideAndShow(store, { path, ref }) {
  const short = shorten(ref);
  const bytes = readFileSync(path, 'utf8');
  const { position } = jsonLines(amduat(store, ['status', '--json'])).at(-1);
  amduat(store, ['rm', ref, '--json'], { shown: `rm ${short}` });
  amduat(store, ['get', ref], { exitCode: 1, shown: `get ${short}` });
  const before = amduat(store, ['get', ref, '--at', position], {
    shown: `get ${short} --at ${position}`,
    quiet: true,
  });
  if (before.stdout !== bytes) throw new Error('the past has changed');
  amduat(store, ['put', path, '--json'], { shown: `put ${path}` });
  if (amduat(store, ['get', ref], { shown: `get ${short}` }).stdout !== bytes)
    throw new Error('not shown again');
  say('hidden, still there at the position before, and shown again');
}

/**
 * @param {string} store
 * @param {Put} put
 */
function tombstoneAndLift(store, { path, ref }) {
  const short = shorten(ref);
  const [{ logseq }] = jsonLines(
    amduat(store, ['tombstone', ref, '--json'], { shown: `tombstone ${short}` }),
  );
  amduat(store, ['put', path], { exitCode: 6, shown: `put ${path}`, quiet: true });
  amduat(store, ['get', ref], { exitCode: 1, shown: `get ${short}` });
  amduat(store, ['lift', logseq]);
  amduat(store, ['get', ref], { shown: `get ${short}` });
  say('inadmissible, refused when it was put again, and admitted again by the lift');
}

/**
 * @param {string} store
 * @param {Put} put
 */
async function travel(store, { ref }) {
  const opened = await openStore(fileSystemStorage(store));
  const { position } = await opened.current();
  const key = parseReference(ref);
  let last = '';
  for (let at = 0n; at <= position; at++) {
    const { verdict } = await (await opened.at(at)).stat(key);
    if (verdict !== last) say(`position ${at}: ${shorten(ref)} is ${verdict}`);
    last = verdict;
  }
  await opened.close();
}

/**
 * @param {string} store
 * @param {Put} put
 */
function anchorAndCompare(store, { ref }) {
  const [first] = jsonLines(amduat(store, ['snapshot', '--json'], { shown: 'snapshot' }));
  for (const name of ['StateRoot', 'PublicRoot', 'ContentRoot']) {
    say(`${name.padEnd(11)} ${first[`${name[0]?.toLowerCase()}${name.slice(1)}`]}`);
  }
  amduat(store, ['publish', ref], { shown: `publish ${shorten(ref)}`, quiet: true });
  const [second] = jsonLines(amduat(store, ['snapshot', '--json'], { shown: 'snapshot' }));
  const [before, after] = [first.position, second.position];
  const lines = jsonLines(
    amduat(store, ['diff', before, after, '--json'], { exitCode: 1, shown: `diff ${before} ${after}` }),
  );
  const keys = lines.filter((line) => 'causes' in line);
  if (keys.length !== 1 || keys[0].ref !== ref || keys[0].causes.join() !== 'policy')
    throw new Error('another difference');
  if (first.contentRoot !== second.contentRoot) throw new Error('a publication has changed the content');
  say(`one key differs, ${shorten(ref)}, by policy; the content is the same`);
}

/**
 * @param {string} store
 * @param {Put} put
 */
function proveAndForge(store, { path, ref }) {
  const file = join(dirname(store), 'x.proof');
  amduat(store, ['prove', ref, '-o', file, '--json'], { shown: `prove ${shorten(ref)} -o x.proof` });
  process.stdout.write(
    amduat(store, ['check', file], { shown: 'check x.proof' }).stdout.replace(/^(?=.)/gm, '  '),
  );
  const [{ key }] = jsonLines(amduat(store, ['head', '--json'], { shown: 'head' }));
  const flipped = readFileSync(file);
  flipped[flipped.length - 1] = /** @type {number} */ (flipped.at(-1)) ^ 1;
  writeFileSync(file, flipped);
  refuse(store, [file], 'one byte flipped');
  const other = join(dirname(store), 'forger');
  const changed = join(dirname(store), 'changed');
  writeFileSync(changed, `${readFileSync(path, 'utf8')} `);
  amduat(other, ['init', other, '--domain', 'tour', '--open'], { shown: 'init forger --domain tour --open' });
  const [{ ref: forged }] = jsonLines(
    amduat(other, ['put', changed, '--publish', '--json'], { shown: 'put changed --publish' }),
  );
  amduat(other, ['prove', forged, '-o', file, '--snapshot', '--json'], {
    shown: `prove ${shorten(forged)} -o forged.proof`,
  });
  refuse(other, [file, '--key', key], 'the changed file, proved by someone else under the same name');
}

/**
 * @param {string} store
 * @param {readonly string[]} args
 * @param {string} what
 */
function refuse(store, args, what) {
  const shown = `check ${basename(String(args[0]))}${args.length > 1 ? ' --key KEY' : ''}`;
  const outcome = amduat(store, ['check', ...args, '--json'], { exitCode: 4, shown, quiet: true });
  const [{ link, code }] = jsonLines(outcome);
  say(`${what}: refused, the broken link is ${link} (${code})`);
}

/** @param {string} store */
function reopenAndVerify(store) {
  process.stdout.write(amduat(store, ['status']).stdout);
  process.stdout.write(amduat(store, ['verify'], { quiet: true }).stdout);
}

/** @param {string} text */
function say(text) {
  console.log(`  ${text}`);
}

/** @param {string} ref */
const shorten = (ref) => `${ref.slice(0, 19)}…`;

/** @param {number} bytes */
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
