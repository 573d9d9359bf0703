import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EXIT, schemas } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat, lines, temporaryFolder } from './cli.js';

/** A store with three files put into it, and their references. */
function storeWithFiles() {
  const folder = temporaryFolder();
  const store = join(folder, 'store');
  const files = join(folder, 'files');
  mkdirSync(join(files, 'b'), { recursive: true });
  writeFileSync(join(files, 'a.txt'), 'first\n');
  writeFileSync(join(files, 'b', 'c.txt'), 'second\n');
  writeFileSync(join(files, 'b', 'empty'), '');
  symlinkSync('a.txt', join(files, 'link'));
  expect(amduat(['init', store, '--domain', 'test']).exitCode).toBe(EXIT.done);
  const run = (...args: string[]) => amduat(['--store', store, ...args]);
  const put = run('put', files, '--json');
  expect(put.stderr).toBe('');
  expect(put.exitCode).toBe(EXIT.done);
  const puts = lines(put.stdout).map((line) => schemas.putResult.parse(line));
  return { folder, store, files, run, puts, first: puts[0]?.ref as string };
}

describe('amduat put and get', () => {
  it('[STO-DET-3] walk folders in the order of the bytes of names, depth first, and leave links out', () => {
    const { folder, run } = storeWithFiles();
    const tree = join(folder, 'tree');
    // U+FF5E comes before U+1F600 in bytes, after it in UTF-16.
    for (const name of ['b', 'a/z', 'a/A', 'a-', 'B', '\u{1f600}', '\uff5e', 'é', 'e/1/2', 'e0']) {
      mkdirSync(join(tree, name, '..'), { recursive: true });
      writeFileSync(join(tree, name), name);
    }
    symlinkSync('b', join(tree, 'link'));
    mkdirSync(join(tree, 'empty'));
    const paths = lines(run('put', tree, '--json').stdout).map((line) => schemas.putResult.parse(line).path);
    expect(paths).toEqual(
      ['B', 'a/A', 'a/z', 'a-', 'b', 'e/1/2', 'e0', 'é', '\uff5e', '\u{1f600}'].map((name) =>
        join(tree, name),
      ),
    );
  });

  it('give back what was in the files', () => {
    const { puts, files, run } = storeWithFiles();
    expect(puts.map(({ path }) => path)).toEqual(
      ['a.txt', 'b/c.txt', 'b/empty'].map((path) => join(files, path)),
    );
    for (const { path, ref } of puts) expect(run('get', ref).stdout).toBe(readFileSync(path, 'utf8'));
  });

  it('take standard input and give ranges, to a file too', () => {
    const { folder, store, run } = storeWithFiles();
    const { stdout } = amduat(['--store', store, 'put', '-', '--json'], { input: '0123456789' });
    const [{ path, ref }] = lines(stdout) as [{ path: string; ref: string }];
    expect(path).toBe('-');
    expect(run('get', ref, '--range', '2-4').stdout).toBe('234');
    expect(run('get', ref, '--range', '9-10').exitCode).toBe(EXIT.refused);
    const target = join(folder, 'out');
    const got = run('get', ref, '-o', target, '--json');
    expect(schemas.getResult.parse(lines(got.stdout)[0])).toEqual({ ref, path: target, length: '10' });
    expect(readFileSync(target, 'utf8')).toBe('0123456789');
  });

  it('say nothing twice: the same bytes keep their logseq', () => {
    const { run, files, puts } = storeWithFiles();
    const again = lines(run('put', files, '--json').stdout);
    expect(again).toEqual(puts);
    const [status] = lines(run('status', '--json').stdout);
    expect(schemas.statusResult.parse(status).position).toBe('1');
  });
});

describe('amduat rm, tombstone, lift, publish, unpublish', () => {
  it('hide and show, and leave the past as it was', () => {
    const { run, files, first } = storeWithFiles();
    const removed = lines(run('rm', first, '--json').stdout);
    expect(removed.map((line) => schemas.changeResult.parse(line))).toEqual([{ ref: first, logseq: '2' }]);
    expect(run('get', first)).toMatchObject({ exitCode: EXIT.negative, stdout: '' });
    expect(run('get', first, '--at', '1').stdout).toBe('first\n');
    expect(run('rm', first).stderr).toMatch(/STORE\.ABSENT/);
    expect(run('put', join(files, 'a.txt')).exitCode).toBe(EXIT.done);
    expect(run('get', first).stdout).toBe('first\n');
  });

  it('make inadmissible until the lift', () => {
    const { run, files, first } = storeWithFiles();
    expect(lines(run('tombstone', first, '--reason', '7', '--json').stdout)).toEqual([
      { ref: first, logseq: '2' },
    ]);
    const refused = run('put', join(files, 'a.txt'), '--json');
    expect(refused).toMatchObject({ exitCode: EXIT.refused, stdout: '' });
    expect(lines(refused.stderr)[0]).toMatchObject({
      error: { code: 'STORE.INADMISSIBLE', clause: 'STX-OPEN-2' },
    });
    expect(run('lift', '1').stderr).toMatch(/LOG\.LIFT/);
    expect(schemas.liftResult.parse(lines(run('lift', '2', '--json').stdout)[0])).toEqual({
      lifted: '2',
      logseq: '3',
    });
    expect(run('get', first).stdout).toBe('first\n');
    expect(run('get', first, '--at', '2').exitCode).toBe(EXIT.negative);
  });

  it('publish, refuse to remove what is published, and withdraw', () => {
    const { run, first } = storeWithFiles();
    expect(run('publish', first).exitCode).toBe(EXIT.done);
    expect(run('rm', first).stderr).toMatch(/STORE\.PUBLISHED/);
    const published = (...at: string[]) =>
      schemas.statusResult.parse(lines(run('status', '--json', ...at).stdout)[0]).keys.published;
    expect(published()).toBe(1);
    expect(run('unpublish', first).exitCode).toBe(EXIT.done);
    expect(published()).toBe(0);
    expect(published('--at', '2')).toBe(1);
  });

  it('are what the log lists', () => {
    const { run, first } = storeWithFiles();
    run('tombstone', first, '--reason', '9');
    run('publish', first);
    const records = lines(run('log', '--json').stdout).map((line) => schemas.logResult.parse(line));
    expect(records.map(({ logseq, type }) => `${logseq} ${type}`)).toEqual([
      '1 segment-seal',
      '2 tombstone',
      '3 artifact-publish',
    ]);
    expect(records[1]?.body).toEqual({ key: first, reason: 9 });
    expect(lines(run('log', '--json', '--after', '2').stdout)).toHaveLength(1);
    expect(lines(run('log', '--json', '--at', '2').stdout)).toHaveLength(2);
    expect(run('log', '--at', '4').stderr).toContain('LOG.POSITION');
  });
});

describe('[LOG-RPL-14] amduat log --steps', () => {
  it('tells what replay starts from, what each record does, and what it comes to', () => {
    const { store, files, run, first } = storeWithFiles();
    const json = (...args: string[]) => lines(run(...args, '--json').stdout)[0] as Record<string, unknown>;
    const steps = (...args: string[]) =>
      run('log', '--steps', ...args)
        .stdout.split('\n')
        .slice(0, -1);
    const segments = () => readdirSync(join(store, 'segments'));
    const end = (position: string, holds: string) =>
      `end\t${position}\tSnapshotID ${json('status', '--at', position)['snapshotId']}: ${holds}`;
    const [one] = segments();
    run('tombstone', first, '--reason', '9');
    const lower = json('snapshot')['manifest'];
    writeFileSync(join(files, 'new'), 'new\n');
    run('put', join(files, 'new'), '--publish');
    const two = segments().find((id) => id !== one);
    run('lift', '2');
    run('publish', first);
    const upper = json('snapshot')['manifest'];
    run('unpublish', first);

    const records = [
      `record\t1\tsegment-seal: seals ${one}`,
      `record\t2\ttombstone: makes ${first} inadmissible, reason 9`,
      'record\t3\tsnapshot-anchor: anchors position 2',
      `record\t4\tsegment-seal: seals ${two}`,
      'record\t5\tartifact-publish: publishes 1 key',
      'record\t6\ttombstone-lift: lifts the tombstone of 2',
      'record\t7\tartifact-publish: publishes 1 key',
      'record\t8\tsnapshot-anchor: anchors position 7',
      'record\t9\tartifact-unpublish: withdraws 1 key',
    ];
    const atTwo = [`start\t2\tanchored at 3, manifest ${lower}`, `segment\t1\tsealed ${one}`];
    const atSeven = [
      `start\t7\tanchored at 8, manifest ${upper}`,
      `segment\t1\tsealed ${one}`,
      `segment\t4\tsealed ${two}`,
    ];
    const ends = {
      one: end('1', '1 segment, 0 policy rows'),
      two: end('2', '1 segment, 1 policy row'),
      six: end('6', '2 segments, 1 policy row'),
      nine: end('9', '2 segments, 2 policy rows'),
    };
    expect(steps('--at', '1')).toEqual(['start\t0\twith nothing below', ...records.slice(0, 1), ends.one]);
    expect(steps('--at', '2')).toEqual([...atTwo, ends.two]);
    expect(steps('--at', '6')).toEqual([...atTwo, ...records.slice(2, 6), ends.six]);
    expect(steps()).toEqual([...atSeven, ...records.slice(7), ends.nine]);

    const name = join(store, 'snapshots', String(upper), '0');
    const manifest = readFileSync(name);
    rmSync(name);
    const lost = `passed over\t8\tanchors position 7, manifest ${upper}: its manifest or policy table is lost`;
    expect(steps()).toEqual([lost, ...atTwo, ...records.slice(2), ends.nine]);
    writeFileSync(name, manifest);

    expect(run('truncate').exitCode).toBe(EXIT.done);
    expect(steps()).toEqual([...atSeven, ...records.slice(7), ends.nine]);
    expect(steps('--at', '2')).toEqual([...atTwo, ends.two]);
    expect(run('log', '--steps', '--at', '6').stderr).toContain('LOG.TRUNCATED');
    expect(run('log', '--steps', '--after', '2').exitCode).toBe(EXIT.usage);
  });

  it('has a JSON line for each step', () => {
    const { run, first } = storeWithFiles();
    run('publish', first);
    const manifest = lines(run('snapshot', '--json').stdout)[0]?.['manifest'];
    const json = lines(run('log', '--steps', '--json').stdout).map((line) => schemas.stepResult.parse(line));
    expect(json).toMatchObject([
      { step: 'start', position: '2', anchor: { logseq: '3', manifest }, segments: [{ logseq: '1' }] },
      { step: 'record', logseq: '3', type: 'snapshot-anchor', effect: 'anchors position 2' },
      { step: 'end', position: '3', segments: 1, policyRows: 1 },
    ]);
    const below = lines(run('log', '--steps', '--json', '--at', '1').stdout);
    expect(below[0]).toMatchObject({ step: 'start', position: '0', anchor: null, segments: [] });
    // Beyond the end it tells what there is, and then that there is no more.
    const beyond = run('log', '--steps', '--json', '--at', '9');
    expect(beyond.exitCode).toBe(EXIT.refused);
    expect(lines(beyond.stdout)).toEqual(lines(run('log', '--steps', '--json').stdout).slice(0, -1));
    expect(lines(beyond.stderr)[0]).toMatchObject({ error: { code: 'LOG.POSITION' } });
  });
});

describe('amduat verify', () => {
  it('finds nothing in a sound store and names a flipped byte', () => {
    const { run, store } = storeWithFiles();
    expect(run('verify', '--json').exitCode).toBe(EXIT.done);
    const name = 'snapshots/genesis';
    const bytes = readFileSync(join(store, name));
    bytes[50] = (bytes[50] as number) ^ 1;
    writeFileSync(join(store, name), bytes);
    const { exitCode, stdout } = run('verify', '--json');
    expect(exitCode).toBe(EXIT.negative);
    const findings = lines(stdout).slice(0, -1);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) schemas.verifyFinding.parse(finding);
  });
});

describe('amduat snapshot, truncate, install and diff', () => {
  it('anchor the store, begin its log there, copy it, and say in what states differ', () => {
    const { folder, files, run, first } = storeWithFiles();
    const json = (...args: string[]) => lines(run(...args, '--json').stdout);
    const snapshot = () => schemas.snapshotResult.parse(json('snapshot')[0]);
    const anchored = snapshot();
    expect(anchored).toMatchObject({ position: '1', anchor: '2', added: true });
    expect(snapshot()).toEqual({ ...anchored, added: false });
    expect(schemas.statusResult.parse(json('status')[0]).anchored).toMatchObject({
      position: '1',
      logseq: '2',
    });
    run('publish', first);
    writeFileSync(join(files, 'new'), 'new\n');
    run('put', files);
    const keys = run('diff', '1', '4', '--json');
    expect(keys.exitCode).toBe(EXIT.negative);
    const [published, added, summary] = lines(keys.stdout).sort((left, right) =>
      'keys' in left ? 1 : 'keys' in right ? -1 : String(left.causes) < String(right.causes) ? 1 : -1,
    );
    expect(schemas.diffKeyResult.parse(published)).toEqual({ ref: first, causes: ['policy'] });
    expect(schemas.diffKeyResult.parse(added).causes).toEqual(['extra']);
    expect(schemas.diffResult.parse(summary)).toMatchObject({ sameDomain: true, divergence: null, keys: 2 });
    expect(run('diff', '4', '4').exitCode).toBe(EXIT.done);
    const second = snapshot();
    expect(second.position).toBe('4');
    const copy = join(folder, 'copy');
    const installed = run('install', join(folder, 'store'), copy, '--json');
    expect(schemas.installResult.parse(lines(installed.stdout)[0])).toMatchObject({
      store: copy,
      position: '4',
    });
    expect(run('diff', copy, join(folder, 'store')).stdout).toBe('no key differs\n');
    expect(amduat(['--store', copy, 'verify']).exitCode).toBe(EXIT.done);
    expect(run('truncate', '--at', '3').exitCode).toBe(EXIT.refused);
    expect(schemas.truncateResult.parse(json('truncate')[0])).toEqual({ base: '4' });
    expect(run('verify').exitCode).toBe(EXIT.done);
    expect(run('get', first).stdout).toBe('first\n');
    expect(run('get', first, '--at', '1').stdout).toBe('first\n');
    expect(run('get', first, '--at', '3').stderr).toContain('LOG.TRUNCATED');
    expect(lines(run('log', '--json').stdout).map((line) => schemas.logResult.parse(line).logseq)).toEqual([
      '5',
    ]);
  });
});

describe('[PRF-SAY-2] [PRF-SAY-3] amduat prove, check and head', () => {
  it('write one file that a stranger can check, and name the link that is broken', () => {
    const { folder, store, first } = storeWithFiles();
    const env = { AMDUAT_STATE: join(folder, 'state') };
    const run = (...args: string[]) => amduat(['--store', store, ...args], { env, cwd: folder });
    const [file, hidden] = [join(folder, 'x.proof'), join(folder, 'hidden.proof')];
    expect(run('prove', first, '-o', file).stderr).toMatch(/STORE.NOT_ANCHORED.*\n.*amduat snapshot/);
    run('snapshot');
    expect(run('prove', first, '-o', file).stderr).toContain('PROOF.INTERNAL');
    expect(existsSync(file)).toBe(false);
    const disclosed = run('prove', first, '-o', hidden, '--disclose');
    expect(disclosed.stderr).toContain('blind');
    expect(schemas.checkResult.parse(lines(run('check', hidden, '--json').stdout)[0])).toMatchObject({
      valid: true,
      verdict: 'internal',
    });
    run('publish', first);
    expect(run('prove', first, '-o', file).exitCode).toBe(EXIT.refused);
    const proved = run('prove', first, '-o', file, '--snapshot', '--json');
    expect(schemas.proveResult.parse(lines(proved.stdout).at(-1))).toMatchObject({
      ref: first,
      discloses: false,
    });
    const head = schemas.headResult.parse(lines(run('head', '--json').stdout)[0]);
    const elsewhere = (...args: string[]) => amduat(['check', file, ...args], { cwd: folder });
    const checked = schemas.checkResult.parse(lines(elsewhere('--json', '--key', head.key).stdout)[0]);
    expect(checked).toMatchObject({ valid: true, ref: first, verdict: 'published' });
    expect(checked.claims.find(({ id }) => id === 'authority')?.verified).toBe(true);
    expect(elsewhere().stdout).toMatch(/^verified:\n[^]*not verified:\n[^]*compare the key/);
    expect(elsewhere('--key', '00'.repeat(32)).exitCode).toBe(EXIT.mismatch);
    const bytes = readFileSync(file);
    for (const [at, link] of [
      [0, 'form'],
      [20, 'domain'],
      [bytes.length - 1, 'bytes'],
    ] as const) {
      writeFileSync(
        file,
        bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      );
      const broken = elsewhere();
      expect(broken.exitCode).not.toBe(EXIT.done);
      expect(broken.stderr).toContain(link === 'domain' ? '' : link);
      expect(broken.stdout).toBe('');
    }
  });

  it('sign no head of an older copy of the store, and write tiles', () => {
    const { folder, store, first } = storeWithFiles();
    const env = { AMDUAT_STATE: join(folder, 'state') };
    const older = join(folder, 'older');
    cpSync(store, older, { recursive: true });
    const run = (of: string, ...args: string[]) => amduat(['--store', of, ...args], { env });
    run(store, 'publish', first);
    const signed = run(store, 'head', '--tiles', join(folder, 'tiles'));
    expect(readFileSync(join(folder, 'tiles', 'checkpoint'), 'utf8')).toBe(signed.stdout);
    expect(readFileSync(join(folder, 'tiles', 'tile', '0', '000.p', '2'))).toHaveLength(64);
    expect(run(older, 'head').stderr).toContain('HEAD.LARGER');
    expect(run(older, 'head').exitCode).toBe(EXIT.refused);
    run(older, 'unpublish', first);
    expect(run(older, 'head').stderr).toContain('HEAD.FORKED');
  });
});
