// @ts-check
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../conformance/browser/chromium.js';
import shared from '../../../vitest.shared.js';
import { bundlePage } from '../bundle.mjs';

/** @typedef {Extract<Awaited<ReturnType<typeof launchChromium>>, { browser: unknown }>['browser']} Browser */
/** @typedef {Awaited<ReturnType<Browser['newPage']>>} Page */

const BIN = fileURLToPath(new URL('../../../packages/amduat/bin/amduat.mjs', import.meta.url));
const PATIENCE_MS = 300_000;
const TEXT = 'what was shown';
/** As long as the text, so that nothing but the bytes tells them apart. */
const OTHER_TEXT = 'what was not !';
const TABLE = ['bytes', 'entry', 'log', 'signature', 'authority', 'snapshot', 'only', 'current'];
const NEVER = ['snapshot', 'only', 'current'];

/** @type {string} */
let folder;
/** @type {string} */
let url;
/** @type {{ ref: string, key: string, hex: string, file: Buffer, withoutBytes: Buffer }} */
let genuine;
/** @type {Buffer} */
let foreign;
/** @type {Browser | undefined} */
let browser;
let reason = '';

/**
 * @param {string} store
 * @param {readonly string[]} args
 */
function amduat(store, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, '--store', store, ...args, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, AMDUAT_STATE: join(folder, 'state') },
  });
  if (status !== 0) throw new Error(`amduat ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout.split('\n', 1)[0] ?? '');
}

/**
 * A store with one published file, and its proof.
 *
 * @param {string} name
 * @param {string} text
 */
function prove(name, text) {
  const [store, path, proof] = [name, `${name}.txt`, `${name}.proof`].map((part) => join(folder, part));
  writeFileSync(/** @type {string} */ (path), text);
  const make = (/** @type {string[]} */ ...args) => amduat(/** @type {string} */ (store), args);
  make('init', /** @type {string} */ (store), '--domain', 'page', '--open');
  const { ref } = make('put', /** @type {string} */ (path), '--publish');
  make('prove', ref, '-o', /** @type {string} */ (proof), '--snapshot');
  const file = readFileSync(/** @type {string} */ (proof));
  make('prove', ref, '-o', /** @type {string} */ (proof), '--reference-only');
  const withoutBytes = readFileSync(/** @type {string} */ (proof));
  const { key } = make('head');
  // The last 32 octets of what a key's base64 stands for (ASL/CHECKPOINT/1 §4).
  const hex = Buffer.from(key.slice(key.indexOf('+', key.indexOf('+') + 1) + 1), 'base64')
    .subarray(1)
    .toString('hex');
  return { ref, key, hex, file, withoutBytes };
}

/**
 * @param {Buffer} file
 * @param {number} at from the end, if below 0
 */
function flipped(file, at) {
  const copy = Buffer.from(file);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = /** @type {number} */ (copy[index]) ^ 1;
  return copy;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amduat-check-page-'));
  const path = join(folder, 'check.html');
  writeFileSync(path, await bundlePage(shared.resolve));
  url = pathToFileURL(path).href;
  genuine = prove('genuine', TEXT);
  foreign = prove('foreign', OTHER_TEXT).file;
  const launched = await launchChromium();
  if ('browser' in launched) browser = launched.browser;
  else reason = `no Chromium: ${launched.reason}`;
  if (reason !== '') console.log(`skipped: ${reason}`);
}, PATIENCE_MS);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

describe('the page', () => {
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let requests;
  /** @type {string[]} */
  let problems;

  beforeEach(async ({ skip }) => {
    if (browser === undefined) return skip(reason);
    const context = await browser.newContext({ offline: true });
    page = await context.newPage();
    [requests, problems] = [[], []];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (line) => problems.push(line.text()));
    await page.goto(url);
  });

  afterEach(async () => {
    if (browser === undefined) return;
    expect(requests.filter((one) => !one.startsWith('blob:'))).toEqual([url]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  /** @param {Buffer} buffer */
  async function choose(buffer) {
    const files = { name: 'x.proof', mimeType: 'application/octet-stream', buffer };
    await page.getByLabel('Drop a proof file here').setInputFiles(files);
  }

  /** @param {string} outcome */
  const waitFor = (outcome) =>
    page.locator(`#result[data-outcome="${outcome}"]`).waitFor({ state: 'attached' });

  /** @param {string} id */
  const textOf = (id) => page.locator(`#${id}`).innerText();

  /** @param {string} title */
  async function claims(title) {
    const items = page.getByRole('list', { name: title, exact: true }).getByRole('listitem');
    return await items.evaluateAll((all) =>
      all.map((item) => ({ id: item.dataset.claim, text: item.textContent ?? '' })),
    );
  }

  /** @param {readonly string[]} verified */
  async function expectClaims(verified) {
    const idsOf = async (/** @type {string} */ title) => (await claims(title)).map(({ id }) => id);
    expect(await idsOf('Verified')).toEqual(verified);
    expect(await idsOf('Not verified')).toEqual(TABLE.filter((id) => !verified.includes(id)));
  }

  /** What the download gives. */
  async function save() {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  /**
   * @param {string} link
   * @param {string} code
   */
  async function expectRefusal(link, code) {
    await waitFor('refused');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('x.proof does not hold');
    expect([await textOf('link'), await textOf('code')]).toEqual([link, code]);
    expect(await textOf('message')).not.toBe('');
    expect(await page.getByRole('list').count()).toBe(0);
    expect(await page.locator('#download').count()).toBe(0);
  }

  it('accepts a genuine proof, says what it has not verified, and gives the bytes', async () => {
    await choose(genuine.file);
    await waitFor('holds');
    expect(await page.getByRole('heading', { level: 2 }).innerText()).toBe('x.proof holds');
    expect(await textOf('reference')).toBe(genuine.ref);
    expect(await textOf('authority-key')).toBe(genuine.hex);
    await expectClaims(['bytes', 'entry', 'log', 'signature']);
    expect((await claims('Verified'))[0]?.text).toContain(genuine.ref);
    expect(await save()).toEqual({ name: 'x', bytes: Buffer.from(TEXT) });
  });

  it('takes a file that is dropped', async () => {
    const transfer = await page.evaluateHandle(
      (octets) => {
        const made = new DataTransfer();
        made.items.add(new File([new Uint8Array(octets)], 'x.proof'));
        return made;
      },
      [...genuine.file],
    );
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
    await waitFor('holds');
    expect(await textOf('reference')).toBe(genuine.ref);
  });

  it.each(['hex', 'key'])('verifies the authority by its key (%s)', async (form) => {
    await choose(genuine.file);
    await page.getByLabel('Key of the authority').fill(` ${genuine[/** @type {'hex' | 'key'} */ (form)]} `);
    await page.locator('[data-claim="authority"]').filter({ hasText: 'asked for' }).waitFor();
    await expectClaims(TABLE.filter((id) => !NEVER.includes(id)));
  });

  it('accepts a proof without the bytes, and does not say that it has verified them', async () => {
    await choose(genuine.withoutBytes);
    await waitFor('holds');
    await expectClaims(['entry', 'log', 'signature']);
    expect(await page.locator('#download').count()).toBe(0);
  });

  it.each([
    ['form', 'PROOF.MAGIC', () => flipped(genuine.file, 0)],
    ['form', 'PROOF.TRUNCATED', () => genuine.file.subarray(0, 100)],
    ['head', 'HEAD.SIGNATURE', () => flippedSignature()],
    ['bytes', 'CORE.DIGEST', () => flipped(genuine.file, -1)],
    [
      'bytes',
      'CORE.DIGEST',
      () => Buffer.concat([genuine.file.subarray(0, -TEXT.length), Buffer.from(OTHER_TEXT)]),
    ],
  ])('refuses at the link %s with %s', async (link, code, make) => {
    await choose(genuine.file);
    await waitFor('holds');
    await choose(make());
    await expectRefusal(link, code);
  });

  /** The base64 of the signature ends the head: its first letters are the key's ID, those near its end the signature. */
  function flippedSignature() {
    const genesisLength = genuine.file.readUInt32LE(16);
    const headLength = genuine.file.readUInt32LE(20 + genesisLength);
    const end = 24 + genesisLength + headLength;
    const at = end - 20;
    const copy = Buffer.from(genuine.file);
    copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
    return copy;
  }

  it('refuses the proof of someone else, made of other bytes under the same name, by the key', async () => {
    await choose(foreign);
    await waitFor('holds');
    await expectClaims(['bytes', 'entry', 'log', 'signature']);
    expect(await textOf('authority-key')).not.toBe(genuine.hex);
    await page.getByLabel('Key of the authority').fill(genuine.key);
    await expectRefusal('domain', 'PROOF.KEY');
  });

  it('checks nothing with a key that is none', async () => {
    await choose(genuine.file);
    await waitFor('holds');
    const field = page.getByLabel('Key of the authority');
    await field.fill(genuine.hex.slice(1));
    await waitFor('unchecked');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await textOf('key-problem')).toContain('Nothing was checked');
    expect(await textOf('result')).toBe('');
    await field.fill('');
    await waitFor('holds');
    expect(await textOf('key-problem')).toBe('');
  });

  it('announces its result', async () => {
    expect(await page.getByRole('region', { name: 'Result' }).getAttribute('aria-live')).toBe('polite');
  });
});

describe('the policy of the page', () => {
  it('stops what it did not come with', async ({ skip }) => {
    if (browser === undefined) return skip(reason);
    const page = await browser.newPage();
    await page.goto(url);
    const stopped = await page.evaluate(async () => {
      const done = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective)),
      );
      await fetch('https://example.com/').catch(() => {});
      return await done;
    });
    expect(stopped).toBe('connect-src');
    await page.close();
  });
});
