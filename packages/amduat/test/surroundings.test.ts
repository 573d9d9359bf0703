import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat, lines, startAmduat, temporaryFolder } from './cli.js';

function makeStore(folder = temporaryFolder()): string {
  const store = join(folder, 'store');
  expect(amduat(['init', store]).exitCode).toBe(EXIT.done);
  return store;
}

describe('the store a command is about', () => {
  it('is the one of --store, of AMDUAT_STORE, or the nearest upwards, in this order', () => {
    const folder = temporaryFolder();
    const below = join(folder, 'x', 'y');
    mkdirSync(below, { recursive: true });
    const domainOf = (args: string[], env = {}) =>
      lines(amduat([...args, 'status', '--json'], { cwd: below, env }).stdout)[0]?.['name'];
    expect(amduat(['init', '--domain', 'upwards'], { cwd: folder }).exitCode).toBe(EXIT.done);
    expect(amduat(['init', join(folder, 'e'), '--domain', 'environment']).exitCode).toBe(EXIT.done);
    expect(amduat(['init', join(folder, 'o'), '--domain', 'option']).exitCode).toBe(EXIT.done);
    const env = { AMDUAT_STORE: join(folder, 'e') };
    expect(domainOf([])).toBe('upwards');
    expect(domainOf([], env)).toBe('environment');
    expect(domainOf(['--store', join(folder, 'o')], env)).toBe('option');
  });

  it('has to be there, and is not made twice', () => {
    const folder = temporaryFolder();
    expect(amduat(['status'], { cwd: folder }).exitCode).toBe(EXIT.usage);
    const missing = amduat(['--store', folder, 'status', '--json']);
    expect(missing.exitCode).toBe(EXIT.refused);
    expect(lines(missing.stderr)[0]).toMatchObject({ error: { code: 'STORE.NOT_A_STORE' } });
    const store = makeStore();
    const before = readFileSync(join(store, 'keys', 'authority.pem'), 'utf8');
    expect(amduat(['init', store]).stderr).toMatch(/STORE\.EXISTS/);
    expect(readFileSync(join(store, 'keys', 'authority.pem'), 'utf8')).toBe(before);
  });

  it('of a newer format is refused as that', () => {
    const store = makeStore();
    const genesis = readFileSync(join(store, 'snapshots', 'genesis'));
    genesis[0] = 2;
    writeFileSync(join(store, 'snapshots', 'genesis'), genesis);
    expect(amduat(['--store', store, 'status'])).toMatchObject({ exitCode: EXIT.unsupported });
  });

  it('[DOM-SEC-4] keeps keys for their owner alone', () => {
    const store = makeStore();
    const keys = readdirSync(join(store, 'keys')).sort();
    expect(keys).toEqual(['authority.pem', 'log-secret', 'recovery.pem']);
    for (const key of keys) expect(statSync(join(store, 'keys', key)).mode & 0o777).toBe(0o600);
  });

  it('[DOM-SEC-3] is read without the log secret of a closed domain, and not written', () => {
    const store = makeStore();
    amduat(['--store', store, 'put', '-'], { input: 'x' });
    chmodSync(join(store, 'keys'), 0o755);
    writeFileSync(join(store, 'keys', 'log-secret'), '');
    expect(amduat(['--store', store, 'status']).exitCode).toBe(EXIT.done);
    const refused = amduat(['--store', store, 'put', '-'], { input: 'y' });
    expect(refused.exitCode).not.toBe(EXIT.done);
    expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
  });
});

describe('usage', () => {
  it('is answered with exit code 2 and what would have been right', () => {
    const store = makeStore();
    const cases = [
      ['frobnicate'],
      ['get'],
      ['get', `asl:sha256:${'0'.repeat(64)}`, '--range', '5-2'],
      ['get', `asl:sha256:${'0'.repeat(64)}`, '--at', '-1'],
      ['lift', '18446744073709551616'],
      ['tombstone', `asl:sha256:${'0'.repeat(64)}`, '--reason', '4294967296'],
      ['get', `asl:sha256:${'0'.repeat(64)}`, '--json'],
    ];
    for (const args of cases) {
      const { exitCode, stderr } = amduat(['--store', store, ...args]);
      expect(`${args.join(' ')}: ${exitCode}`).toBe(`${args.join(' ')}: 2`);
      expect(stderr).toMatch(/^amduat: |"USAGE"/);
    }
  });

  it('tells a wrong reference by its code, and a position after the end', () => {
    const store = makeStore();
    expect(amduat(['--store', store, 'get', 'sha256:00'])).toMatchObject({ exitCode: EXIT.malformed });
    const after = amduat(['--store', store, 'status', '--at', '1', '--json']);
    expect(after.exitCode).toBe(EXIT.refused);
    expect(lines(after.stderr)[0]).toMatchObject({ error: { code: 'LOG.POSITION' } });
  });

  it('prints help and completions', () => {
    expect(amduat(['--help'])).toMatchObject({ exitCode: EXIT.done });
    expect(amduat(['help', 'put']).stdout).toMatch(/--publish/);
    expect(amduat(['help', 'log']).stdout).toMatch(/--steps/);
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(amduat(['complete', shell]).stdout).toMatch(/amduat/);
    }
    expect(amduat(['complete', '--', 'unp']).stdout).toMatch(/unpublish/);
  });
});

describe('inputs that cannot be put', () => {
  it('are named one by one, and keep no other out', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const store = join(folder, 'store');
    writeFileSync(join(folder, 'good'), 'good');
    writeFileSync(join(folder, 'secret'), 'secret');
    chmodSync(join(folder, 'secret'), 0o000);
    mkdirSync(store, { mode: 0o777 });
    chmodSync(store, 0o777);
    expect(amduat(['init', store], { unprivileged: true }).exitCode).toBe(EXIT.done);
    const args = [
      '--store',
      store,
      'put',
      join(folder, 'missing'),
      join(folder, 'secret'),
      join(folder, 'good'),
      '--json',
    ];
    const { exitCode, stdout, stderr } = amduat(args, { unprivileged: true });
    expect(lines(stdout).map(({ path }) => path)).toEqual([join(folder, 'good')]);
    const errors = lines(stderr).map(({ error }) => error as { code: string; path: string; details: object });
    expect(errors.map(({ path, code }) => [path, code])).toEqual([
      [join(folder, 'missing'), 'IO'],
      [join(folder, 'secret'), 'STORE.IO'],
    ]);
    expect(exitCode).toBe(EXIT.storage);
    expect(amduat(['--store', store, 'verify'], { unprivileged: true }).exitCode).toBe(EXIT.done);
  });

  it('[STO-ERR-5] are those that change while they are read', async () => {
    const folder = temporaryFolder();
    const store = makeStore();
    const file = join(folder, 'growing');
    writeFileSync(file, Buffer.alloc(2 ** 28));
    const child = startAmduat(['--store', store, 'put', file, '--json']);
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const growing = setInterval(() => writeFileSync(file, 'more', { flag: 'a' }), 2);
    const [exitCode] = await once(child, 'exit');
    clearInterval(growing);
    expect(stderr).toMatch(/STORE\.CHANGED/);
    expect(exitCode).toBe(EXIT.mismatch);
    expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
  });
});

describe('interruptions', () => {
  it('Ctrl-C seals what was put, announces it, and leaves a sound store', async () => {
    const folder = temporaryFolder();
    const store = makeStore();
    for (let index = 0; index < 3000; index++) writeFileSync(join(folder, `f${index}`), `file ${index}`);
    const child = startAmduat(['--store', store, 'put', folder, '--json']);
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    while (!existsSync(join(store, 'log'))) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    const [exitCode] = await once(child, 'exit');
    expect(exitCode).toBe(EXIT.interrupted);
    const put = lines(stdout);
    const [status] = lines(amduat(['--store', store, 'status', '--json']).stdout) as [
      { keys: { internal: number } },
    ];
    expect(status.keys.internal).toBe(put.length);
    expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
  });

  it('a closed pipe is told apart, and loses nothing that was announced', async () => {
    const folder = temporaryFolder();
    const store = makeStore();
    for (let index = 0; index < 200; index++) writeFileSync(join(folder, `f${index}`), `file ${index}`);
    const child = startAmduat(['--store', store, 'put', folder, '--json']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [exitCode] = await once(child, 'exit');
    expect(stderr).toMatch(/PIPE/);
    expect(exitCode).toBe(EXIT.storage);
    expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
  });

  it('[STO-EPO-2] a second writer is refused while the first is alive', async () => {
    const store = makeStore();
    const first = startAmduat(['--store', store, 'put', '-']);
    while (!existsSync(join(store, 'log'))) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = amduat(['--store', store, 'put', '-', '--json'], { input: 'second' });
    expect(second.exitCode).toBe(EXIT.refused);
    expect(lines(second.stderr)[0]).toMatchObject({ error: { code: 'STORE.WRITER_BUSY' } });
    first.stdin.end('first');
    const [exitCode] = await once(first, 'exit');
    expect(exitCode).toBe(EXIT.done);
    expect(amduat(['--store', store, 'put', '-'], { input: 'second' }).exitCode).toBe(EXIT.done);
  });
});
